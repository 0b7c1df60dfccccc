/** Where the roles lay certificates down on a PostgreSQL server (postgres_tls_directory). */
const FOLDER = '/etc/pg-lab'

/** That of the lab's authority. */
export const AUTHORITY = `${FOLDER}/ca.crt`

/** The server's own, and the key of that. */
export const CERTIFICATE = `${FOLDER}/server.crt`
export const KEY = `${FOLDER}/server.key`

import { certificatePaths } from '../guest-paths.ts'
import type { Lab, LabNode } from '../lab.ts'

/** How strictly a client checks the server's certificate. */
export const VERIFY = 'sslmode=verify-full'

/**
 * How a standby's operating system user postgres reaches a server over the replication protocol, for libpq; its password
 * is in ~/.pgpass, whose lines are for this database, as the WAL receiver calls it.
 */
export function toSender(
  { postgres, replication }: Lab,
  { address }: LabNode,
  tls = postgres.tls ? `${VERIFY} sslrootcert=${certificatePaths().authority}` : 'sslmode=prefer',
): string {
  return `host=${address} port=5432 user=${replication.user} connect_timeout=3 ${tls} dbname=replication replication=true`
}

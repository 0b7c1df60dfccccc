import { AUTHORITY } from '../catalog/certificates.ts'
import type { Lab, LabNode } from '../lab.ts'

/** Whom a client of the lab believes to be the server. */
export const VERIFY = 'sslmode=verify-full'

/** How a standby's operating system user postgres reaches a server, for libpq; its password is in ~/.pgpass. */
export function toServer(
  { postgres, replication }: Lab,
  { address }: LabNode,
  tls = postgres.tls ? `${VERIFY} sslrootcert=${AUTHORITY}` : 'sslmode=prefer',
): string {
  return `host=${address} port=5432 user=${replication.user} connect_timeout=3 ${tls}`
}

/** The same for the replication protocol. The passfile's lines are for this database, as the WAL receiver calls it. */
export function toSender(lab: Lab, upstream: LabNode): string {
  return `${toServer(lab, upstream)} dbname=replication replication=true`
}

import type { LabNode } from '../../lab.ts'
import type { Guest } from '../../tools/ssh/guest-contract.ts'

/** What was chosen at initdb, of a cluster that somebody else may have made. */
export interface ClusterChoices {
  readonly checksums: boolean
  /** Bytes of a WAL segment. */
  readonly segment: number
}

const SQL = `SELECT current_setting('data_checksums')::bool AS checksums,
  (SELECT setting::int FROM pg_settings WHERE name = 'wal_segment_size') AS segment`

/** @throws CommandError when the server does not answer */
export async function askChoices(node: LabNode, guest: Guest): Promise<ClusterChoices> {
  const [row] = await guest.rows<ClusterChoices>(node, SQL)
  if (!row) throw new Error('A query without FROM gives one row')
  return row
}

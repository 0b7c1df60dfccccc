import type { PostgresNode } from '../lab.ts'
import type { LiveLab } from '../observe/live-lab.ts'
import type { Server } from '../observe/servers.ts'
import { literal } from '../postgres/sql.ts'
import { linksOf } from '../postgres/topology.ts'

/*
 * Where the oldest WAL file begins that a server still has, against the LSN somebody asks it for. Files that are kept
 * for later use have higher names.
 */
const goneSql = (lsn: string) => `SELECT pg_wal_lsn_diff(${literal(lsn)}::pg_lsn, '0/0') <
    min(('x' || substr(file.name, 9, 8))::bit(32)::bigint::numeric * 4294967296
      + ('x' || substr(file.name, 17, 8))::bit(32)::bigint * size.setting::bigint) AS gone
  FROM pg_ls_waldir() AS file, pg_settings AS size
  WHERE size.name = 'wal_segment_size' AND file.name ~ '^[0-9A-F]{24}$'`

/**
 * Finds the standbys that can never catch up: the server they should stream from has thrown away WAL they need. Their
 * slots need not show it: one that was made again for a clone is whole. Nor does whether they stream: such a standby
 * begins to, again and again. One that has just been started may still have that WAL itself: look twice.
 */
export async function findLostStandbys(
  { lab, guest }: Pick<LiveLab, 'lab' | 'guest'>,
  servers: readonly Server[],
  primary: PostgresNode,
): Promise<readonly PostgresNode[]> {
  const found = await Promise.all(
    linksOf(lab, primary).map(async ({ node, upstream }) => {
      const answer = servers.find((server) => server.node.name === node.name)?.answer
      const isUpstreamThere = servers.some((server) => server.node.name === upstream.name && server.answer)
      if (!answer?.in_recovery || !isUpstreamThere) return []
      const [row] = await guest.rows<{ gone: boolean | null }>(upstream, goneSql(answer.way.lsn))
      return row?.gone ? [node] : []
    }),
  )
  return found.flat()
}

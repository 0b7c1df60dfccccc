import { setTimeout as pause } from 'node:timers/promises'
import { type Lab, type LabNode, postgresNodes } from '../lab.ts'
import { psqlEvidence } from '../postgres/evidence.ts'
import { delayOf, followersOf } from '../postgres/topology.ts'
import type { Guest } from '../tools/ssh/guest-contract.ts'
import { type Check, lookAtEach, type Seen, withPrimary } from './support/check.ts'

interface LagRow {
  readonly application_name: string
  /** WAL it has not replayed, and not even received, yet. */
  readonly replay_bytes: number | null
  readonly receive_bytes: number | null
  readonly seconds: number
}

// A cascading standby sends what it has received, so that is what its followers are measured against.
const SQL = `SELECT r.application_name, pg_wal_lsn_diff(here.lsn, r.replay_lsn)::float8 AS replay_bytes,
  pg_wal_lsn_diff(here.lsn, r.flush_lsn)::float8 AS receive_bytes,
  round(coalesce(extract(epoch FROM r.replay_lag), 0)::numeric, 1)::float8 AS seconds
  FROM pg_stat_replication r, (SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_receive_lsn()
    ELSE pg_current_wal_lsn() END AS lsn) AS here ORDER BY r.application_name`

/** Whatever writes makes a standby late for a moment; lag is what stays. */
const ASK_AGAIN_MS = 500
const ASK_TIMES = 4

export const lag: Check = {
  id: 'lag',
  title: 'No slave lags behind its upstream',
  async run(lab, guest) {
    if (lab.slaves.length === 0) return []
    return withPrimary('lag', lab, guest, (primary) => {
      const upstreams = postgresNodes(lab).filter((node) => followersOf(lab, primary, node).length > 0)
      return lookAtEach('lag', upstreams, (node) =>
        lookAtLag(lab, node, followersOf(lab, primary, node), guest),
      )
    })
  },
}

async function lookAtLag(
  lab: Lab,
  upstream: LabNode,
  followers: readonly LabNode[],
  guest: Guest,
): Promise<readonly Seen[]> {
  let seen: readonly Seen[] = []
  for (let asked = 0; asked < ASK_TIMES && (asked === 0 || seen.some(({ ok }) => !ok)); asked += 1) {
    if (asked > 0) await pause(ASK_AGAIN_MS)
    const rows = await guest.rows<LagRow>(upstream, SQL)
    seen = followers.map((node) => ({ ...seeLag(lab, node, rows), ...psqlEvidence(SQL, rows) }))
  }
  return seen
}

/** A delayed standby is late on purpose: of it only what it has received counts. */
function seeLag(lab: Lab, { name }: LabNode, rows: readonly LagRow[]): Seen {
  const row = rows.find(({ application_name }) => application_name === name)
  const isDelayed = delayOf(lab, { name }) !== ''
  const bytes = (isDelayed ? row?.receive_bytes : row?.replay_bytes) ?? Number.POSITIVE_INFINITY
  const seconds = isDelayed ? 0 : (row?.seconds ?? 0)
  const { maxLag } = lab.replication
  return {
    what: `lag of ${name}`,
    expected: `at most ${megabytes(maxLag.bytes)} and ${maxLag.seconds} s`,
    observed: row ? `${megabytes(bytes)}, ${seconds} s` : 'it does not stream',
    ok: bytes <= maxLag.bytes && seconds <= maxLag.seconds,
    hint: row
      ? `${name} is slow, or its replay is paused. Look at npx create-pg-lab verify --only standby`
      : 'Look at npx create-pg-lab verify --only replication,standby',
  }
}

function megabytes(bytes: number): string {
  return `${(bytes / 1024 ** 2).toFixed(1)} MB`
}

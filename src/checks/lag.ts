import { setTimeout as pause } from 'node:timers/promises'
import type { Lab, LabNode } from '../lab.ts'
import { followersOf } from '../tools/cluster.ts'
import type { Guest } from '../tools/contracts.ts'
import { type Check, lookAt, type Seen, withPrimary } from './check.ts'
import { psqlEvidence } from './evidence.ts'

/** What a standby of a teaching lab may be behind: one WAL segment, and so many seconds. */
export const LAG_LIMIT = { bytes: 16 * 1024 ** 2, seconds: 10 } as const

interface LagRow {
  readonly application_name: string
  readonly bytes: number | null
  readonly seconds: number | null
}

const SQL = `SELECT application_name, pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn)::float8 AS bytes,
  round(coalesce(extract(epoch FROM replay_lag), 0)::numeric, 1)::float8 AS seconds
  FROM pg_stat_replication ORDER BY application_name`

/** Whatever writes makes a standby late for a moment; lag is what stays. */
const ASK_AGAIN_MS = 500
const ASK_TIMES = 4

export const lag: Check = {
  id: 'lag',
  title: 'No slave lags behind the primary',
  run: (lab, guest) =>
    withPrimary('lag', lab, guest, (primary) => lookAt('lag', primary, () => look(lab, primary, guest))),
}

async function look(lab: Lab, primary: LabNode, guest: Guest): Promise<readonly Seen[]> {
  const names = followersOf(lab, primary).map(({ node }) => node.name)
  let rows = await guest.rows<LagRow>(primary, SQL)
  for (let asked = 1; asked < ASK_TIMES && !names.every((name) => isNear(name, rows)); asked += 1) {
    await pause(ASK_AGAIN_MS)
    rows = await guest.rows<LagRow>(primary, SQL)
  }
  const evidence = psqlEvidence(SQL, rows)
  return names.map((name) => ({ ...seeLag(name, rows), ...evidence }))
}

function isNear(name: string, rows: readonly LagRow[]): boolean {
  return seeLag(name, rows).ok
}

function seeLag(name: string, rows: readonly LagRow[]): Seen {
  const row = rows.find(({ application_name }) => application_name === name)
  const { bytes, seconds } = { bytes: row?.bytes ?? Number.POSITIVE_INFINITY, seconds: row?.seconds ?? 0 }
  return {
    what: `lag of ${name}`,
    expected: `at most ${LAG_LIMIT.bytes / 1024 ** 2} MB and ${LAG_LIMIT.seconds} s`,
    observed: row ? `${(bytes / 1024 ** 2).toFixed(1)} MB, ${seconds} s` : 'it does not stream',
    ok: bytes <= LAG_LIMIT.bytes && seconds <= LAG_LIMIT.seconds,
    hint: row
      ? `${name} is slow, or its replay is paused. Look at pg-lab verify --only standby`
      : 'Look at pg-lab verify --only replication,standby',
  }
}

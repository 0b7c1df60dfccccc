import { TIMELINE_SQL } from '../postgres/wal.ts'

/** An answer, or why there is none. `slow`: the machine did not answer in time. */
export type Asked<T> =
  | { readonly answer: T }
  | { readonly problem: string; readonly machine: 'up' | 'down' | 'slow' }

/** What a PostgreSQL server says of itself, in one answer. */
export interface ServerAnswer {
  readonly version: string
  readonly in_recovery: boolean
  readonly system_identifier: string
  readonly timeline: number
  readonly lsn: string | null
  readonly replayed: string | null
  readonly paused: boolean
  readonly receiver: Receiver | null
  readonly senders: readonly Sender[]
  readonly slots: readonly Slot[]
  readonly disk: Disk | undefined
}

export interface Receiver {
  readonly status: string
  readonly slot_name: string | null
  readonly sender_host: string | null
}

/** A row of pg_stat_replication. */
export interface Sender {
  readonly application_name: string
  readonly client_addr: string | null
  readonly state: string
  readonly sync_state: string
  readonly slot_name: string | null
  /** WAL not yet replayed over there. */
  readonly bytes: number | null
  readonly seconds: number | null
}

export interface Slot {
  readonly slot_name: string
  readonly active: boolean
  /** Missing before PostgreSQL 13. */
  readonly wal_status: string | null
  /** Bytes of WAL that are kept for it. */
  readonly retained: number | null
}

export interface Disk {
  readonly totalBytes: number
  readonly freeBytes: number
}

/** Who streams from here, and how far behind. A cascading standby sends what it has received. */
export const SENDERS_SQL = `SELECT r.application_name, host(r.client_addr) AS client_addr, r.state, r.sync_state,
    (SELECT slot_name FROM pg_replication_slots WHERE active_pid = r.pid) AS slot_name,
    pg_wal_lsn_diff(here.lsn, r.replay_lsn)::float8 AS bytes, extract(epoch FROM r.replay_lag)::float8 AS seconds
  FROM pg_stat_replication r, (SELECT CASE WHEN pg_is_in_recovery()
    THEN pg_last_wal_receive_lsn() ELSE pg_current_wal_lsn() END AS lsn) AS here
  ORDER BY r.application_name`

/*
 * One psql for everything, the disk too: each connection over ssh costs more than all the questions. The server
 * says where its data is. The detour over jsonb makes a column that an old server lacks null.
 */
export const SERVER_SCRIPT = `-- as jsonb it is one line
SELECT jsonb_build_object(
  'version', current_setting('server_version'),
  'in_recovery', pg_is_in_recovery(),
  'system_identifier', (SELECT system_identifier::text FROM pg_control_system()),
  'timeline', ${TIMELINE_SQL},
  'lsn', here.lsn,
  'replayed', pg_last_wal_replay_lsn(),
  'paused', CASE WHEN pg_is_in_recovery() THEN pg_is_wal_replay_paused() ELSE false END,
  'receiver', (SELECT row_to_json(w) FROM (SELECT status, slot_name, sender_host FROM pg_stat_wal_receiver) w),
  'senders', (SELECT coalesce(json_agg(s), '[]') FROM (${SENDERS_SQL}) s),
  'slots', (SELECT coalesce(json_agg(s), '[]') FROM (
    SELECT slot_name, active, to_jsonb(p) ->> 'wal_status' AS wal_status,
      pg_wal_lsn_diff(here.lsn, restart_lsn)::float8 AS retained
    FROM pg_replication_slots p WHERE NOT temporary ORDER BY slot_name) s))
FROM (SELECT CASE WHEN pg_is_in_recovery()
  THEN coalesce(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn()) ELSE pg_current_wal_lsn() END AS lsn) AS here;
SELECT current_setting('data_directory') AS data_directory \\gset
\\setenv PG_LAB_DATA :data_directory
\\! df -kP -- "$PG_LAB_DATA"
`

/** @returns `undefined` when the output is no answer: psql got no connection */
export function readServerAnswer(stdout: string): ServerAnswer | undefined {
  const answer = readObject(stdout)
  return answer && { ...(answer as unknown as Omit<ServerAnswer, 'disk'>), disk: readDisk(stdout) }
}

/** The last line of `df -kP`: device, kilobytes in all, used, free, share, place. */
export function readDisk(stdout: string): Disk | undefined {
  const [, total, free] = /^\S.*\s(\d+)\s+\d+\s+(\d+)\s+\d+%\s/m.exec(stdout) ?? []
  return total === undefined
    ? undefined
    : { totalBytes: Number(total) * 1024, freeBytes: Number(free) * 1024 }
}

/** The one line that is a JSON object, among those of other programs. */
function readObject(stdout: string): Record<string, unknown> | undefined {
  const line = stdout.split('\n').find((text) => text.startsWith('{'))
  try {
    return line === undefined ? undefined : (JSON.parse(line) as Record<string, unknown>)
  } catch {
    return undefined
  }
}

import { TIMELINE_SQL } from '../tools/wal.ts'

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

/** The base backups of a Barman server; bytes are theirs alone, without WAL. */
export interface BackupAnswer {
  readonly backups: {
    readonly count: number
    readonly bytes: number
    readonly newest:
      | {
          readonly id: string
          readonly status: string
          readonly endedAt: string | undefined
          readonly bytes: number
        }
      | undefined
  }
  readonly disk: Disk | undefined
}

/*
 * $1 is Barman's name for the server. Its catalogue is read from the files themselves, which takes a fifth of the time
 * of `barman list-backup`: base/<id>/backup.info, since Barman 3.14 meta/<id>-backup.info.
 */
export const CATALOGUE_SCRIPT = `df -kP -- "$HOME" && cd -- "$HOME/$1" && echo catalogue: &&
  find base meta -maxdepth 2 -name '*backup.info' -exec grep -HE '^(status|size|end_time)=' {} + 2>/dev/null
true`

/** @returns `undefined` when Barman has no such server */
export function readBackupAnswer(stdout: string): BackupAnswer | undefined {
  const [, lines] = stdout.split(/^catalogue:\n/m)
  if (lines === undefined) return undefined
  const backups = Object.entries(catalogueIn(lines)).map(([id, { status = '', size, end_time }]) => ({
    id,
    status,
    endedAt: timeOf(end_time),
    bytes: Number(size) || 0,
  }))
  const done = backups.filter(({ status }) => status === 'DONE')
  return {
    backups: {
      count: done.length,
      bytes: done.reduce((sum, { bytes }) => sum + bytes, 0),
      // An id is the time it was begun at.
      newest: backups.toSorted((one, other) => (one.id < other.id ? 1 : -1))[0],
    },
    disk: readDisk(stdout),
  }
}

/** `base/20261122T173338/backup.info:status=DONE`, by id and field. */
function catalogueIn(lines: string): Readonly<Record<string, Readonly<Record<string, string>>>> {
  const catalogue: Record<string, Record<string, string>> = {}
  for (const [, id = '', field = '', value = ''] of lines.matchAll(
    /^(?:base|meta)\/(\w+)[/-]backup\.info:(\w+)=(.*)$/gm,
  )) {
    catalogue[id] ??= {}
    catalogue[id][field] = value
  }
  return catalogue
}

/** `2026-11-22 17:33:41.159834+00:00`, or `None` */
function timeOf(text: string | undefined): string | undefined {
  const time = new Date(text ?? '')
  return Number.isNaN(time.getTime()) ? undefined : time.toISOString()
}

/** The last line of `df -kP`: device, kilobytes in all, used, free, share, place. */
function readDisk(stdout: string): Disk | undefined {
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

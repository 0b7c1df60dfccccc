import { GROW_ON_STANDBYS_FIRST } from '../catalog/postgres-settings.ts'
import type { Lab } from '../lab.ts'
import { literal } from '../postgres/sql.ts'
import { SHOWN_TO_ALL } from '../tools/ssh/psql-session.ts'

/*
 * What the servers are asked, each piece once. All of it runs on PostgreSQL 10 and later, on primaries and on standbys;
 * the detour over jsonb makes a column that an old server lacks null.
 */

/**
 * The timeline a server writes, or the newest one it has got WAL of. Neither is told by its control file: that of a
 * primary shows the old one until the checkpoint after its promotion is done, that of a standby until its next
 * restartpoint, which can be minutes away.
 */
export const TIMELINE_SQL = `CASE WHEN pg_is_in_recovery()
    THEN coalesce((SELECT received_tli FROM pg_stat_wal_receiver),
      (SELECT max(('x' || left(name, 8))::bit(32)::int) FROM pg_ls_waldir() WHERE name ~ '^[0-9A-F]{24}$'))
    ELSE ('x' || left(pg_walfile_name(pg_current_wal_insert_lsn()), 8))::bit(32)::int END`

/** Who a server is: every question about it asks this much. */
const IDENTITY_SQL = `SELECT pg_is_in_recovery() AS in_recovery,
  (SELECT system_identifier::text FROM pg_control_system()) AS system_identifier,
  ${TIMELINE_SQL} AS timeline`

/** The newest WAL a server can send: a primary what it has written, a standby what it has received. */
const NEWEST_SQL = `CASE WHEN pg_is_in_recovery()
    THEN coalesce(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn()) ELSE pg_current_wal_lsn() END`

/** Who streams from here, and how far behind. */
export const SENDERS_SQL = `SELECT r.application_name, r.usename AS "user", host(r.client_addr) AS client_addr, r.state, r.sync_state,
    (SELECT slot_name FROM pg_replication_slots WHERE active_pid = r.pid) AS slot_name,
    pg_wal_lsn_diff(here.lsn, r.replay_lsn)::float8 AS bytes, extract(epoch FROM r.replay_lag)::float8 AS seconds,
    extract(epoch FROM r.write_lag)::float8 AS write_seconds, extract(epoch FROM r.flush_lag)::float8 AS flush_seconds
  FROM pg_stat_replication r, (SELECT ${NEWEST_SQL} AS lsn) AS here
  ORDER BY r.application_name`

/** For whom WAL is kept here, and how much. */
export const SLOTS_SQL = `SELECT p.slot_name, p.active, to_jsonb(p) ->> 'wal_status' AS wal_status,
    pg_wal_lsn_diff(here.lsn, p.restart_lsn)::float8 AS retained
  FROM pg_replication_slots p, (SELECT ${NEWEST_SQL} AS lsn) AS here
  WHERE NOT p.temporary ORDER BY p.slot_name`

/** All rows of a query as one value. */
export function listSql(query: string): string {
  return `(SELECT coalesce(json_agg(l), '[]') FROM (${query}) AS l)`
}

const ROLE_SETTINGS = [
  'primary_conninfo',
  'primary_slot_name',
  'recovery_min_apply_delay',
  'synchronous_standby_names',
]

/** What can be asked of a server on top of who it is; `who` is the row of its identity. */
const PARTS = {
  // Up to the last byte it has: what only this server has is counted from it.
  way: () => `SELECT who.timeline,
    CASE WHEN pg_is_in_recovery()
      THEN greatest(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn()) ELSE pg_current_wal_insert_lsn() END AS lsn,
    (SELECT sender_host FROM pg_stat_wal_receiver WHERE status = 'streaming') AS streams_from,
    (SELECT coalesce(json_agg(json_build_object('timeline', split_part(line, E'\\t', 1)::int,
        'left_at', split_part(line, E'\\t', 2))), '[]')
      FROM regexp_split_to_table(pg_read_file(format('pg_wal/%s.history', upper(lpad(to_hex(who.timeline), 8, '0'))), 0, 100000, true), '\\n') AS line
      WHERE line ~ '^\\d+\\t') AS history`,

  replication: () => `SELECT current_setting('server_version') AS version, ${NEWEST_SQL} AS lsn,
    pg_last_wal_replay_lsn() AS replayed,
    CASE WHEN pg_is_in_recovery() THEN pg_is_wal_replay_paused() ELSE false END AS paused,
    (SELECT row_to_json(w) FROM (SELECT status, slot_name, sender_host FROM pg_stat_wal_receiver) w) AS receiver,
    ${listSql(SENDERS_SQL)} AS senders, ${listSql(SLOTS_SQL)} AS slots`,

  following:
    () => `SELECT pg_is_in_recovery() AND EXISTS (SELECT FROM pg_stat_wal_receiver WHERE status = 'streaming') AS is_streaming,
    current_setting('primary_slot_name', true) AS slot`,

  settings: ({ postgres, slaves }: Pick<Lab, 'postgres' | 'slaves'>) => {
    const every = [postgres.settings, ...slaves.map(({ settings }) => settings)]
    const names = [...every.flatMap(Object.keys), ...GROW_ON_STANDBYS_FIRST, ...ROLE_SETTINGS]
    return `SELECT current_setting('server_version_num')::int / 10000 AS version,
    current_setting('data_checksums')::bool AS checksums,
    (SELECT datcollate FROM pg_database WHERE datname = 'template0') AS locale,
    (SELECT json_agg(s) FROM (
      SELECT lower(name) AS name, reset_val AS setting, unit, vartype, context, boot_val, pending_restart, ${SHOWN_TO_ALL} AS shown
        FROM pg_settings
       WHERE lower(name) IN (${names.map((name) => literal(name.toLowerCase())).join(', ')})
          OR pending_restart OR sourcefile LIKE '%/postgresql.conf') s) AS settings,
    (SELECT json_agg(l) FROM (
      SELECT regexp_replace(sourcefile, '.*/', '') AS file, lower(name) AS name, setting AS value
        FROM pg_file_settings WHERE name IS NOT NULL ORDER BY seqno) l) AS lines,
    ${listSql(`SELECT slot_name, slot_type, active,
             (SELECT application_name FROM pg_stat_replication WHERE pid = active_pid) AS follower
        FROM pg_replication_slots WHERE NOT temporary ORDER BY 1`)} AS slots,
    (SELECT coalesce(json_agg(concat_ws(' ', type, d, u, address, netmask, auth_method, array_to_string(options, ' '))), '[]')
       FROM pg_hba_file_rules, unnest(database) AS d, unnest(user_name) AS u) AS hba,
    (SELECT json_agg(rolname) FROM pg_roles) AS roles,
    (SELECT json_object_agg(datname, pg_get_userbyid(datdba)) FROM pg_database) AS databases`
  },
} as const satisfies Record<string, (lab: Pick<Lab, 'postgres' | 'slaves'>) => string>

export type Part = keyof typeof PARTS

/** One query for who a server is and the parts that are wanted. */
export function serverSql(lab: Pick<Lab, 'postgres' | 'slaves'>, parts: readonly Part[] = []): string {
  if (parts.length === 0) return IDENTITY_SQL
  const columns = parts.map((part) => `(SELECT row_to_json(p) FROM (${PARTS[part](lab)}) AS p) AS ${part}`)
  return `SELECT who.*,\n  ${columns.join(',\n  ')}\nFROM (${IDENTITY_SQL}) AS who`
}

import type { EffectiveSetting } from '../catalog/same-setting.ts'
import { CommandError } from '../errors.ts'
import type { Lab, LabNode } from '../lab.ts'
import { literal } from '../postgres/sql.ts'
import type { Guest } from '../tools/ssh/guest-contract.ts'
import { SHOWN_TO_ALL } from '../tools/ssh/psql-session.ts'

/** A setting as the server has it. */
export interface SettingSight extends EffectiveSetting {
  /** In lower case. */
  readonly name: string
  /** `postmaster`: only a restart changes it. */
  readonly context: string
  readonly boot_val: string | null
  readonly pending_restart: boolean
  /** As SHOW prints it: `128MB`. */
  readonly shown: string
}

/** A line of a configuration file. */
export interface ConfLine {
  /** The file's name without its folder: `postgresql.conf`. */
  readonly file: string
  /** In lower case. */
  readonly name: string
  readonly value: string
}

/** What a PostgreSQL server says of itself. */
export interface ServerSight {
  /** Major version. */
  readonly version: number
  readonly in_recovery: boolean
  /** It is a standby, and WAL comes to it. */
  readonly is_streaming: boolean
  readonly system_identifier: string
  /** Chosen at initdb, like `locale`. */
  readonly checksums: boolean
  readonly locale: string
  readonly settings: readonly SettingSight[]
  readonly lines: readonly ConfLine[]
  readonly slots: readonly {
    readonly slot_name: string
    readonly slot_type: string
    readonly active: boolean
    /** Who streams through it, by its application_name: a standby says its host name. */
    readonly follower: string | null
  }[]
  /** The lines of pg_hba.conf, their words with one blank between them; addresses carry their netmask. */
  readonly hba: readonly string[]
  readonly roles: readonly string[]
  /** Each with its owner. */
  readonly databases: Readonly<Record<string, string>>
  /** The demo table of the config; `undefined` where there is none. */
  readonly tableOwner: string | undefined
}

/** What Barman's pg_receivewal calls itself. */
export const BARMAN_FOLLOWER = 'barman_receive_wal'

/** A standby whose value is below its primary's does not start. */
export const GROW_ON_STANDBYS_FIRST = [
  'max_connections',
  'max_locks_per_transaction',
  'max_prepared_transactions',
  'max_wal_senders',
  'max_worker_processes',
]

const ROLE_SETTINGS = [
  'primary_conninfo',
  'primary_slot_name',
  'recovery_min_apply_delay',
  'synchronous_standby_names',
]

/** Whether a standby gets the WAL of a server that answers it. */
export const STREAMING_SQL = `pg_is_in_recovery() AND EXISTS (SELECT FROM pg_stat_wal_receiver WHERE status = 'streaming')`

function serverSql({ postgres }: Lab): string {
  const names = [...Object.keys(postgres.settings), ...GROW_ON_STANDBYS_FIRST, ...ROLE_SETTINGS]
  return `SELECT current_setting('server_version_num')::int / 10000 AS version,
  pg_is_in_recovery() AS in_recovery,
  ${STREAMING_SQL} AS is_streaming,
  (SELECT system_identifier::text FROM pg_control_system()) AS system_identifier,
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
  (SELECT coalesce(json_agg(s), '[]') FROM (
    SELECT slot_name, slot_type, active,
           (SELECT application_name FROM pg_stat_replication WHERE pid = active_pid) AS follower
      FROM pg_replication_slots WHERE NOT temporary ORDER BY 1) s) AS slots,
  (SELECT coalesce(json_agg(concat_ws(' ', type, d, u, address, netmask, auth_method, array_to_string(options, ' '))), '[]')
     FROM pg_hba_file_rules, unnest(database) AS d, unnest(user_name) AS u) AS hba,
  (SELECT json_agg(rolname) FROM pg_roles) AS roles,
  (SELECT json_object_agg(datname, pg_get_userbyid(datdba)) FROM pg_database) AS databases`
}

/**
 * @returns `undefined` when no server runs there
 * @throws CommandError where one runs and does not answer: hung, locked, full, starting up
 */
export async function seeServer(lab: Lab, guest: Guest, node: LabNode): Promise<ServerSight | undefined> {
  const [server, table] = await Promise.all([
    firstRow<Omit<ServerSight, 'tableOwner'>>(guest, node, serverSql(lab)),
    firstRow<{ owner: string }>(guest, node, tableSql(lab), lab.database.name),
  ])
  return server && { ...server, tableOwner: table?.owner }
}

function tableSql({ database }: Lab): string {
  return `SELECT pg_get_userbyid(relowner) AS owner FROM pg_class
 WHERE oid = to_regclass(format('public.%I', ${literal(database.table)}))`
}

/**
 * @returns `undefined` where no server runs, or there is no such database
 * @throws CommandError where one runs and does not let us ask
 */
async function firstRow<Row>(
  guest: Guest,
  node: LabNode,
  sql: string,
  database?: string,
): Promise<Row | undefined> {
  try {
    return (await guest.rows<Row>(node, sql, database))[0]
  } catch (error) {
    if (error instanceof CommandError && !runsSilently(error)) return undefined
    throw error
  }
}

/** PostgreSQL alone says FATAL; of a database that is not there it is no wonder. */
function runsSilently({ timedOut, lastLines }: CommandError): boolean {
  return (
    timedOut || lastLines.some((line) => /FATAL: /.test(line) && !/database .* does not exist/.test(line))
  )
}

/** What the last line of a file about a setting says; `undefined` when there is none. */
export function lineOf({ lines }: ServerSight, file: string, name: string): string | undefined {
  return lines.findLast((line) => line.file === file && line.name === name)?.value
}

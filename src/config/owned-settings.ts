/** Why a postgresql.conf setting is the lab's, and where to say it instead. */
interface OwnedSetting {
  readonly reason: string
  /** Config path that does it, if there is one. */
  readonly instead?: string
  /** Values that are allowed nevertheless, in lower case. */
  readonly allowed?: readonly string[]
}

const ON = ['on', 'true', 'yes', '1']
const OFF = ['off', 'false', 'no', '0']
const PLACE = 'it belongs to the place the package gives it'
const PER_NODE = 'it differs from node to node'
const TLS = 'the lab makes the certificates'
const STANDBY = 'only a standby or a restore has it'

/** Settings a config may not give, because the lab works only with its own value. */
const OWNED_SETTINGS: Readonly<Record<string, OwnedSetting>> = {
  listen_addresses: { reason: PER_NODE, instead: 'master.address, slaves[].address' },
  port: { reason: 'every part of the lab meets the servers on 5432' },
  cluster_name: {
    reason: 'it is the host name, by which the master knows a standby',
    instead: 'slaves[].name',
  },
  data_directory: { reason: PLACE },
  config_file: { reason: PLACE },
  hba_file: { reason: PLACE },
  ident_file: { reason: PLACE },
  external_pid_file: { reason: PLACE },
  unix_socket_directories: { reason: PLACE },
  include: { reason: 'every setting stands in one file' },
  include_dir: { reason: 'every setting stands in one file' },
  include_if_exists: { reason: 'every setting stands in one file' },
  primary_conninfo: { reason: PER_NODE, instead: 'replication.user' },
  primary_slot_name: { reason: PER_NODE, instead: 'slaves[].slot' },
  recovery_min_apply_delay: { reason: PER_NODE, instead: 'slaves[].applyDelay' },
  synchronous_standby_names: {
    reason: 'it is set only once the standbys stream, or the first commit hangs',
    instead: 'replication.mode and replication.synchronous',
  },
  max_slot_wal_keep_size: { reason: 'it has a place of its own', instead: 'replication.maxSlotWalKeepSize' },
  timezone: { reason: 'it has a place of its own', instead: 'postgres.timezone' },
  log_timezone: { reason: 'it has a place of its own', instead: 'postgres.timezone' },
  ssl: { reason: TLS, instead: 'postgres.tls' },
  ssl_cert_file: { reason: TLS, instead: 'postgres.tls' },
  ssl_key_file: { reason: TLS, instead: 'postgres.tls' },
  restore_command: { reason: STANDBY },
  archive_cleanup_command: { reason: STANDBY },
  recovery_end_command: { reason: STANDBY },
  recovery_target: { reason: STANDBY },
  recovery_target_action: { reason: STANDBY },
  recovery_target_inclusive: { reason: STANDBY },
  recovery_target_lsn: { reason: STANDBY },
  recovery_target_name: { reason: STANDBY },
  recovery_target_time: { reason: STANDBY },
  recovery_target_timeline: { reason: STANDBY },
  recovery_target_xid: { reason: STANDBY },
  promote_trigger_file: { reason: STANDBY },
  archive_command: { reason: 'Barman receives the WAL by streaming', instead: 'backup' },
  archive_library: { reason: 'Barman receives the WAL by streaming', instead: 'backup' },
  archive_mode: { reason: 'Barman receives the WAL by streaming', instead: 'backup', allowed: OFF },
  wal_level: { reason: 'standbys and Barman need at least replica', allowed: ['replica', 'logical'] },
  hot_standby: { reason: 'the standbys must answer queries', allowed: ON },
  wal_log_hints: { reason: 'pg_rewind needs it after a failover', allowed: ON },
  full_page_writes: { reason: 'base backups and pg_rewind need it', allowed: ON },
  password_encryption: { reason: 'passwords are kept as SCRAM only', allowed: ['scram-sha-256'] },
}

/**
 * Says what is wrong with giving a setting this value.
 * @returns the problem and, where there is one, what to do instead; `undefined` when it may be given
 */
export function refuseSetting(name: string, value: unknown): { message: string; hint?: string } | undefined {
  const owned = Object.hasOwn(OWNED_SETTINGS, name) ? OWNED_SETTINGS[name] : undefined
  if (!owned || owned.allowed?.includes(String(value).toLowerCase())) return undefined
  const message = owned.allowed
    ? `must be ${owned.allowed.filter((word) => !/^(true|yes|false|no|[01])$/.test(word)).join(' or ')}: ${owned.reason}`
    : `is the lab's own: ${owned.reason}`
  return owned.instead ? { message, hint: `set ${owned.instead} instead` } : { message }
}

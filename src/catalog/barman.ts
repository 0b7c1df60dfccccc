/**
 * From which version on Barman has what we ask of it: https://docs.pgbarman.org, release notes. Role backup has its own
 * part of this table in vars/main.yml; a test compares them.
 */
export const BARMAN_SINCE = {
  /** `recover --target-time` together with `--target-tli`. */
  target_with_timeline: '2.13',
  /** An ordinary role that can make backups need not have REPLICATION (`is_superuser` in its postgres.py before). */
  plain_role: '2.14',
  /** `last_backup_maximum_age` knows hours, and there is `last_wal_maximum_age`. */
  ages_in_hours: '2.16',
  /** Settings of a server that are switched by a command: `config-switch`. */
  models: '3.10',
  /** `wal_conninfo`: WAL from another server than the one that is copied. */
  backup_from_standby: '3.10',
  /** `backup --incremental` by PostgreSQL's own means. */
  incremental: '3.11',
  /** The new word for `recover`. */
  restore: '3.11',
  /** WAL compressed by zstd and lz4. */
  fast_compression: '3.13',
  /** The new word for `receive-wal --stop`. */
  terminate_process: '3.14',
  /** The new word for `local_staging_path`: where incrementals are combined. */
  staging_path: '3.15',
  /** `restore --partial-wal`: what is still arriving comes along. */
  partial_wal: '3.19',
  /** `check-archived-wal-range`: whether a segment is missing between two. */
  check_archived_wal_range: '3.20',
} as const

type BarmanFeature = keyof typeof BARMAN_SINCE

/** @param version as `barman --version` tells it, e.g. `3.13.3` */
export function barmanHas(version: string, feature: BarmanFeature): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const [sinceMajor = 0, sinceMinor = 0] = BARMAN_SINCE[feature].split('.').map(Number)
  return major > sinceMajor || (major === sinceMajor && minor >= sinceMinor)
}

/** How Barman copies base backups: by pg_basebackup, or by rsync over SSH. */
export const BACKUP_METHODS = ['postgres', 'rsync'] as const
export type BackupMethod = (typeof BACKUP_METHODS)[number]

/** How Barman can compress archived WAL. */
export const WAL_COMPRESSIONS = ['none', 'gzip', 'bzip2', 'zstd', 'lz4'] as const
export type WalCompression = (typeof WAL_COMPRESSIONS)[number]

/** The feature a compression needs; `undefined` for what every Barman has. */
export function featureOf(compression: WalCompression): BarmanFeature | undefined {
  return compression === 'zstd' || compression === 'lz4' ? 'fast_compression' : undefined
}

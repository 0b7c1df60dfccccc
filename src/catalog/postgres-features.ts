/**
 * The first major of PostgreSQL that has what we ask of it: https://www.postgresql.org/docs/release/. The roles have
 * their own part of this table, `postgres_since` in roles/postgres/vars/common.yml; a test compares them.
 */
export const POSTGRES_SINCE = {
  /** `standby.signal`; a server that finds a recovery.conf does not start. */
  standby_signal: 12,
  /** `max_slot_wal_keep_size`, and what a slot says of the WAL it keeps: `wal_status`. */
  slot_limit: 13,
  /** `wal_keep_size`, a size; before it was `wal_keep_segments`, a number of files. */
  wal_keep_size: 13,
  /** A base backup brings a list of its files and their checksums. */
  backup_manifest: 13,
  /** `pg_stat_progress_basebackup` */
  backup_progress: 13,
  /** `pg_backup_start` and `pg_backup_stop`, before `pg_start_backup` and `pg_stop_backup`. */
  backup_start: 15,
  /** The role `pg_checkpoint`: others than superusers may ask for a checkpoint. */
  checkpoint_role: 15,
  /** initdb makes checksums of pages unless it is told not to. */
  no_data_checksums: 18,
  /** `pg_basebackup --incremental`, and `summarize_wal`, which it needs. */
  incremental_backup: 17,
  /** The manual has what concerns vacuuming on a page of its own. */
  vacuum_page: 18,
} as const

type PostgresFeature = keyof typeof POSTGRES_SINCE

/** @param version PostgreSQL's major */
export function postgresHas(version: number, feature: PostgresFeature): boolean {
  return version >= POSTGRES_SINCE[feature]
}

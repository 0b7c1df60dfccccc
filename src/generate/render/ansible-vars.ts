import { can } from '../../catalog/providers/index.ts'
import type { Lab } from '../../lab.ts'

/** What apt needs to know of a repository besides its address; the RedHat family ignores it. */
function repositoryVars(lab: Lab): Record<string, string | readonly string[]> {
  const { repository } = lab.postgres
  if (repository.kind === 'distro') return { kind: 'distro' }
  return {
    kind: repository.kind,
    url: repository.url,
    key_urls: repository.keyUrls,
    suite: pgdgSuite(lab),
    origin: PGDG_ORIGIN,
  }
}

/** `Origin:` in the Release file of apt.postgresql.org and its mirrors. */
export const PGDG_ORIGIN = 'apt.postgresql.org'

/** What they call their packages for a release of Debian or Ubuntu: `trixie-pgdg`. */
export function pgdgSuite({ os }: Pick<Lab, 'os'>): string {
  return `${os.release}-pgdg`
}

/** Barman's part; a lab without a backup host has an empty address, and nothing else is read. */
function backupVars({ backup }: Lab): Record<string, string | number | boolean> {
  if (!backup) {
    return {
      postgres_backup_address: '',
      postgres_backup_user: '',
      postgres_backup_user_replicates: false,
      postgres_backup_streaming_user: '',
    }
  }
  return {
    postgres_backup_address: backup.address,
    postgres_backup_server: backup.server,
    postgres_backup_user: backup.user,
    postgres_backup_user_replicates: backup.userReplicates,
    postgres_backup_streaming_user: backup.streamingUser,
    postgres_backup_slot: backup.slot,
    postgres_backup_method: backup.method,
    postgres_backup_retention_policy: backup.retentionPolicy,
    postgres_backup_minimum_redundancy: backup.minimumRedundancy,
    postgres_backup_schedule: backup.schedule,
    postgres_backup_maximum_age_hours: backup.maximumAgeHours,
    postgres_backup_compression: backup.compression,
    ...(backup.incremental
      ? {
          postgres_backup_incremental: backup.incremental.schedule,
          postgres_backup_incremental_maximum_age_hours: backup.incremental.maximumAgeHours,
        }
      : {}),
    ...(backup.from ? { postgres_backup_from: backup.from } : {}),
    ...(backup.synchronous ? { postgres_backup_synchronous: true } : {}),
  }
}

/** The PostgreSQL servers as the config wants them; the master has no upstream and replays nothing late. */
function nodeVars({ master, slaves }: Lab): Record<string, unknown>[] {
  return [{ ...master, upstream: '', applyDelay: '', settings: {} }, ...slaves].map((node) => ({
    name: node.name,
    address: node.address,
    slot: node.slot,
    upstream: node.upstream,
    apply_delay: node.applyDelay,
    settings: node.settings,
  }))
}

/**
 * What the roles take: the options of their `meta/argument_specs.yml`, each with the lab's value.
 * They are the same on every host; what differs between hosts is found by `inventory_hostname`.
 */
export function ansibleVars(lab: Lab): Record<string, unknown> {
  return {
    postgres_lab: lab.name,
    postgres_existing_servers: !can(lab).makeMachines,
    postgres_version: lab.postgres.version,
    postgres_repository: repositoryVars(lab),
    postgres_mirror: lab.mirrors.packages ?? '',
    postgres_proxy: {
      http: lab.proxy.http ?? '',
      https: lab.proxy.https ?? '',
      no_proxy: lab.proxy.noProxy ?? '',
    },
    postgres_checksums: lab.postgres.checksums,
    postgres_tls: lab.postgres.tls,
    postgres_locale: lab.postgres.locale,
    postgres_settings: lab.postgres.settings,
    postgres_hba: lab.postgres.hba,
    postgres_nodes: nodeVars(lab),
    postgres_replication_user: lab.replication.user,
    postgres_rewind_user: lab.replication.rewindUser,
    postgres_other_slots: lab.replication.otherSlots,
    postgres_synchronous_standbys: lab.replication.synchronousCount,
    postgres_database: lab.database.name,
    postgres_database_owner: lab.database.owner,
    postgres_table: lab.database.table,
    postgres_gateway: lab.network.gateway,
    ...backupVars(lab),
  }
}

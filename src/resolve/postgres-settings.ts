import { postgresHas } from '../catalog/postgres-features.ts'
import { GROW_ON_STANDBYS_FIRST } from '../catalog/postgres-settings.ts'
import { spelled } from '../catalog/same-setting.ts'
import { settingFacts } from '../catalog/setting-facts.ts'
import { parseHbaLine } from '../config/hba.ts'
import type { Config } from '../config/schema.ts'
import { certificatePaths } from '../guest-paths.ts'
import type { SettingValue } from '../lab.ts'
import { type AddProblem, checkUnique } from './problems.ts'
import { isDirect } from './upstreams.ts'

/**
 * How many WAL senders and slots the cluster needs: two for each standby, which may all be cloned at once (one copies,
 * one streams), Barman's receive-wal and its base backup, and two spare. PostgreSQL's own default is the least. Those of others
 * come on top.
 */
function replicationConnections({ slaves, replication }: Config): number {
  return Math.max(10, 2 * slaves.length + 1 + 1 + 2) + replication.otherSlots.length
}

/** A quarter of the smallest server's memory, in steps of 32 MB: one parameter set must fit all nodes. */
function sharedBuffers(memoryMb: number): string {
  return `${Math.max(64, Math.floor(memoryMb / 4 / 32) * 32)}MB`
}

function encryption(): Record<string, SettingValue> {
  const { certificate, key } = certificatePaths()
  return { ssl: 'on', ssl_cert_file: certificate, ssl_key_file: key }
}

/**
 * The lines of postgresql.conf that are the same on every node: the lab's, the user's over them.
 * What differs from node to node (listen_addresses, cluster_name, the standby's settings) is the roles' part.
 * @param version PostgreSQL's major
 */
export function postgresSettings(config: Config, version: number): Record<string, SettingValue> {
  const { postgres, replication, master, slaves } = config
  const connections = replicationConnections(config)
  const own: Record<string, SettingValue> = {
    wal_level: 'replica',
    max_wal_senders: connections,
    max_replication_slots: connections,
    ...(postgresHas(version, 'slot_limit') ? { max_slot_wal_keep_size: replication.maxSlotWalKeepSize } : {}),
    wal_log_hints: 'on',
    // pg_rewind reads an old primary's WAL back to the checkpoint before it was left behind; its own last checkpoints,
    // when it stops and recovers, would remove that.
    ...(postgresHas(version, 'wal_keep_size') ? { wal_keep_size: '256MB' } : { wal_keep_segments: 16 }),
    ...(config.backup !== false && config.backup.incremental !== undefined ? { summarize_wal: 'on' } : {}),
    hot_standby: 'on',
    password_encryption: 'scram-sha-256',
    ...(postgres.tls ? encryption() : {}),
    shared_buffers: sharedBuffers(Math.min(master.memory, ...slaves.map(({ memory }) => memory))),
    timezone: postgres.timezone,
    log_timezone: postgres.timezone,
    log_line_prefix: '%m [%p] %q%u@%d/%a ',
    log_checkpoints: 'on',
    log_lock_waits: 'on',
    log_replication_commands: 'on',
  }
  return { ...own, ...spelledSettings(postgres.settings) }
}

/** Settings as postgresql.conf has them. */
export function spelledSettings(
  settings: Readonly<Record<string, SettingValue>>,
): Readonly<Record<string, SettingValue>> {
  return Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, spelled(value)]))
}

/** Holds the settings of the config against the rest of it. */
export function checkSettings(config: Config, report: AddProblem): void {
  const { postgres, replication } = config
  const least = replicationConnections(config)
  for (const name of ['max_wal_senders', 'max_replication_slots']) {
    const value = postgres.settings[name]
    if (!(Number(value) < least)) continue // what is no number is reported by checkServerSettings
    report(
      `postgres.settings.${name}`,
      `must be at least ${least}; ${JSON.stringify(value)} was given`,
      `each slave takes two while it is cloned, Barman two, others’ slots one each, and two are spare; or leave it out`,
    )
  }
  const commit = String(postgres.settings.synchronous_commit ?? 'on')
  if (replication.mode === 'sync' && /^(off|local|false|no|0)$/i.test(commit)) {
    report(
      'postgres.settings.synchronous_commit',
      `is ${commit}, and no commit would wait for a slave`,
      "leave it out, or set replication.mode to 'async'",
    )
  } else if (
    config.backup !== false &&
    config.backup.synchronous &&
    !/^(on|true|yes|1|remote_write)$/i.test(commit)
  ) {
    const why = /^remote_apply$/i.test(commit)
      ? 'Barman replays nothing: every commit would wait for ever'
      : 'no commit would wait for Barman'
    report(
      'postgres.settings.synchronous_commit',
      `is ${commit}, and ${why}`,
      'leave it out, or set backup.synchronous to false',
    )
  }
}

/** What every server has of a setting: by the config, else PostgreSQL's own. */
export function leastOf(config: Config, major: number, name: string): number {
  return Number(postgresSettings(config, major)[name] ?? settingFacts(name, major)?.default)
}

/** What a slave has of its own must let it replay the master's WAL: PostgreSQL does not start where it has less of these. */
export function checkStandbySettings(config: Config, major: number, report: AddProblem): void {
  for (const [index, { settings }] of config.slaves.entries()) {
    for (const name of GROW_ON_STANDBYS_FIRST.filter((one) => one in settings)) {
      const least = leastOf(config, major, name)
      if (!(Number(settings[name]) < least)) continue
      report(
        `slaves[${index}].settings.${name}`,
        `must be at least ${least}, as the master has it; ${JSON.stringify(settings[name])} was given`,
        'PostgreSQL starts no standby that has less than its primary: leave it out, or lower postgres.settings',
      )
    }
    const least = replicationConnections(config)
    if (Number(settings.max_replication_slots) < least) {
      report(
        `slaves[${index}].settings.max_replication_slots`,
        `must be at least ${least}, for the day it is the primary`,
        'leave it out',
      )
    }
  }
}

/** Only a standby that streams from the primary itself can be synchronous, not one further down a cascade. */
export function checkSynchronous(config: Config, report: AddProblem): void {
  const { replication, slaves, postgres } = config
  if (replication.mode !== 'sync') return
  const direct = slaves.map((_, index) => index).filter((index) => isDirect(config, index))
  if (replication.synchronous > direct.length) {
    report(
      'replication.synchronous',
      `${replication.synchronous} slaves are to be waited for, ${direct.length} stream from the master itself`,
      "add slaves, lower it, or set replication.mode to 'async'",
    )
  }
  if (!/^remote_apply$/i.test(String(postgres.settings.synchronous_commit))) return
  for (const index of direct.filter((one) => slaves[one]?.applyDelay)) {
    report(
      `slaves[${index}].applyDelay`,
      'every commit would wait that long: synchronous_commit is remote_apply, which waits for the replay',
      'leave it out, or let the slave stream from another one (upstream)',
    )
  }
}

/** Where TLS is on, nobody's rows go over the network without it. */
export function checkHba({ postgres }: Config, report: AddProblem): void {
  checkUnique(
    postgres.hba.map((value, index) => ({ path: `postgres.hba[${index}]`, value })),
    report,
  )
  for (const [index, text] of postgres.tls ? postgres.hba.entries() : []) {
    const line = parseHbaLine(text)
    if (typeof line === 'string' || line.type === 'hostssl' || line.method === 'reject') continue
    report(
      `postgres.hba[${index}]`,
      `would let in without TLS: its type is ${line.type}`,
      'make it hostssl, or set postgres.tls to false',
    )
  }
}

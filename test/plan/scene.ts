import { expect } from 'vitest'
import { CommandError } from '../../src/errors.ts'
import { vagrantfile } from '../../src/generate/render/vagrantfile.ts'
import type { WriteResult } from '../../src/generate/write/write.ts'
import { type Lab, type LabNode, nodesOf, type PostgresNode, postgresNodes } from '../../src/lab.ts'
import type { SettingSight } from '../../src/observe/server-parts.ts'
import type { ServerSight } from '../../src/observe/server-settings.ts'
import { usersOf } from '../../src/passwords.ts'
import { makePlan } from '../../src/plan/index.ts'
import type { PlanItem } from '../../src/plan/plan-item.ts'
import { type PlanSurvey, survey } from '../../src/plan/survey.ts'
import { hbaLines } from '../../src/postgres/hba-lines.ts'
import { followersOf, synchronousNames } from '../../src/postgres/topology.ts'
import type { Runner } from '../../src/tools/runner.ts'
import type { Database, Guest } from '../../src/tools/ssh/guest-contract.ts'
import { fakeGuest, type Is } from '../support/fake-lab.ts'
import { folderWith } from '../tools/helpers.ts'

/** What pg_settings says of the settings these tests change. */
const KNOWN: Readonly<Record<string, Partial<SettingSight>>> = {
  work_mem: { unit: 'kB', boot_val: '4096', context: 'user' },
  max_connections: { boot_val: '100' },
  max_wal_senders: { boot_val: '10' },
  max_worker_processes: { boot_val: '8' },
  max_prepared_transactions: { boot_val: '0' },
  max_locks_per_transaction: { boot_val: '64' },
  wal_level: { boot_val: 'replica', vartype: 'enum' },
  hot_standby: { boot_val: 'on', vartype: 'bool' },
  recovery_min_apply_delay: { boot_val: '0', unit: 'ms', context: 'sighup' },
  primary_conninfo: { boot_val: '', vartype: 'string', context: 'sighup' },
  primary_slot_name: { boot_val: '', vartype: 'string', context: 'sighup' },
  synchronous_standby_names: { boot_val: '', vartype: 'string', context: 'sighup' },
}

/** `8MB` as pg_settings shows it of a setting in kB. */
function inBaseUnit(value: string): string {
  const [, amount, unit = ''] = /^(\d+)(MB|min)?$/.exec(value) ?? []
  if (amount === undefined) return value
  return String(Number(amount) * ({ MB: 1024, min: 60_000 }[unit] ?? 1))
}

function settingsOf(lines: ServerSight['lines']): SettingSight[] {
  return Object.entries(KNOWN).map(([name, known]) => {
    const line = lines.findLast((one) => one.name === name)?.value
    const boot = known.boot_val ?? ''
    return {
      unit: null,
      vartype: 'integer',
      context: 'postmaster',
      boot_val: boot,
      pending_restart: false,
      ...known,
      name,
      setting: line === undefined ? boot : inBaseUnit(line),
      shown: line ?? (name === 'work_mem' ? '4MB' : boot),
    }
  })
}

function linesOf(lab: Lab, node: PostgresNode, primary: PostgresNode): ServerSight['lines'] {
  const conf = Object.entries(lab.postgres.settings).map(([name, value]) => ({ name, value: String(value) }))
  const slave = lab.slaves.find(({ name }) => name === node.name)
  const upstream = postgresNodes(lab).find(({ name }) => name === (slave?.upstream ?? primary.name))
  const standby = [
    { name: 'primary_conninfo', value: `host=${upstream?.address} port=5432 user=${lab.replication.user} x` },
    { name: 'primary_slot_name', value: node.slot },
    ...(slave?.applyDelay ? [{ name: 'recovery_min_apply_delay', value: slave.applyDelay }] : []),
  ]
  const names = synchronousNames(lab, primary)
  return [
    ...[...conf, { name: 'cluster_name', value: node.name }].map((line) => ({
      file: 'postgresql.conf',
      ...line,
    })),
    ...(node.name === primary.name ? [] : standby.map((line) => ({ file: 'standby.conf', ...line }))),
    ...(node.name === primary.name && names !== ''
      ? [{ file: 'synchronous.conf', name: 'synchronous_standby_names', value: names }]
      : []),
  ]
}

/** A server as the playbook leaves it. */
function serverOf(lab: Lab, node: PostgresNode, primary: PostgresNode = lab.master): ServerSight {
  const { backup, database } = lab
  const lines = linesOf(lab, node, primary)
  const followers = followersOf(lab, primary, node)
  const slots = followers.map(({ slot }) => slot)
  const own = backup && node.name === primary.name ? [...slots, backup.slot] : slots
  return {
    version: lab.postgres.version,
    in_recovery: node.name !== primary.name,
    is_streaming: node.name !== primary.name,
    system_identifier: '7443',
    checksums: lab.postgres.checksums,
    locale: lab.postgres.locale,
    settings: settingsOf(lines),
    lines,
    slots: own.map((slot_name) => ({
      slot_name,
      slot_type: 'physical',
      active: true,
      follower: followers.find(({ slot }) => slot === slot_name)?.name ?? 'barman_receive_wal',
    })),
    hba: hbaLines(lab),
    roles: ['postgres', ...usersOf(lab)],
    databases: { postgres: 'postgres', [database.name]: database.owner },
    tableOwner: database.owner,
  }
}

/** As many base backups as must be kept. */
const ONE_BACKUP = 'catalogue:\nnow 1795369149\nbase/20261122T170901/backup.info:status=DONE\n'

/** What is different from a lab as the playbook left it. */
export interface Twist {
  /** Machines that are there but do not answer. */
  readonly silent?: readonly string[]
  /** Machines whose server takes the connection and says nothing. */
  readonly hung?: readonly string[]
  /** Machines that were never made. */
  readonly missing?: readonly string[]
  /** Machines that answer, and have lost their address in the lab's network. */
  readonly cut?: readonly string[]
  /** What the files of Barman say. */
  readonly catalogue?: string
  /** Who is the primary after a failover. */
  readonly primary?: string
  readonly server?: (server: ServerSight, node: PostgresNode) => ServerSight | undefined
  readonly os?: string
  /** Nothing is known of what the files were when they were written last. */
  readonly forgotten?: true
  /** What the user made of the Vagrantfile. */
  readonly edit?: (vagrantfile: string) => string
  /** Text of Vagrantfile.local. */
  readonly local?: string
}

function isOf(was: Lab, node: PostgresNode, twist: Twist, primary: PostgresNode): Is {
  const { name } = node
  if (twist.silent?.includes(name)) return 'gone'
  if (twist.hung?.includes(name)) {
    const message = `${name}: PostgreSQL let nobody in within 10 s`
    return new CommandError(message, { command: 'psql', exitCode: 2, timedOut: true })
  }
  const server = serverOf(was, node, primary)
  const settings = twist.server ? twist.server(server, node) : server
  if (!settings) return 'silent'
  const { in_recovery, is_streaming, system_identifier } = settings
  const following = { is_streaming, slot: in_recovery ? node.slot : '' }
  return { in_recovery, system_identifier, settings, following }
}

/** The machines of a lab, as they would answer. */
function guestOf(was: Lab, twist: Twist = {}): Guest {
  const primary = postgresNodes(was).find(({ name }) => name === twist.primary) ?? was.master
  const reach = ({ name }: LabNode) => {
    const node = nodesOf(was).find((one) => one.name === name)
    if (!node || twist.silent?.includes(name))
      throw new CommandError(`${name} cannot be reached`, { command: 'ssh' })
    return node
  }
  const answer = (node: LabNode, argv: readonly string[]): string => {
    const words = argv.join(' ')
    if (words.includes('hostname'))
      return `${node.name}\n${twist.cut?.includes(node.name) ? '' : `${node.address} `}172.17.0.2\n${twist.os ?? 'debian 12'}\n${kernelOf(node)}`
    if (words.includes('echo catalogue:')) return twist.catalogue ?? ONE_BACKUP
    if (words.includes('list-server')) return `${was.backup?.server}\n`
    if (words.includes('show-server')) return JSON.stringify({ [String(was.backup?.server)]: barmanOf(was) })
    if (words.includes('.pgpass'))
      return postgresNodes(was)
        .map(({ address }) => `${address}\n`)
        .join('')
    if (argv[0] === 'grep')
      return `${was.backup?.schedule} barman [ -x b ] && b -q backup ${was.backup?.server}\n`
    throw new Error(`not scripted: ${words}`)
  }
  const servers = postgresNodes(was).map((node) => [node.name, isOf(was, node, twist, primary)] as const)
  return fakeGuest(Object.fromEntries(servers), {
    shell: async (node, argv) => ({
      exitCode: 0,
      stdout: answer(reach(node), argv),
      stderr: '',
      durationMs: 1,
    }),
    // The demo database of today's config, and its table.
    rows: (_, sql, database) => (sql.includes('pg_class') ? tableRows(was, sql, database) : []),
  })
}

function barmanOf({ backup, master }: Lab): object {
  return {
    retention_policy: backup?.retentionPolicy,
    minimum_redundancy: backup?.minimumRedundancy,
    compression: backup?.compression === 'none' ? null : backup?.compression,
    backup_method: backup?.method,
    slot_name: backup?.slot,
    conninfo: `host=${master.address} port=5432 user=${backup?.user} dbname=postgres`,
    streaming_conninfo: `host=${master.address} port=5432 user=${backup?.streamingUser} dbname=postgres`,
  }
}

/** nproc and lsmem, as a virtual machine of this size has them. */
function kernelOf({ memoryMb, cpus }: LabNode): string {
  return `${cpus}\nMemory block size: 134217728\nTotal online memory: ${memoryMb * 2 ** 20}\n`
}

function tableRows({ database }: Lab, sql: string, asked: Database | undefined): readonly object[] {
  if (asked !== database.name) throw new CommandError('no such database', { command: 'psql' })
  return sql.includes(`'${database.table}'`) ? [{ owner: database.owner }] : []
}

/** docker inspect, as it was told when the containers were made. */
function dockerOf(was: Lab): Runner {
  return async ({ file, args }) => {
    expect([file, args[0]]).toEqual(['docker', 'inspect'])
    const nodes = nodesOf(was).filter(({ name }) => args.includes(`id-${name}`))
    const lines = nodes.map(({ name, memoryMb, cpus }) => `id-${name} ${memoryMb * 2 ** 20} ${cpus * 1e9}`)
    return { exitCode: 0, stdout: lines.join('\n'), stderr: '', durationMs: 1 }
  }
}

/** A lab that was brought up as `was`, looked at with the config `wanted`. */
export async function surveyOf(was: Lab, wanted: Lab, twist: Twist = {}): Promise<PlanSurvey> {
  const made = nodesOf(was).filter(({ name }) => !twist.missing?.includes(name))
  const written = await vagrantfile(was, 'made by a test')
  const { database, provider } = was
  const directory = folderWith({
    ...Object.fromEntries(made.map(({ name }) => [`.vagrant/machines/${name}/${provider}/id`, `id-${name}`])),
    Vagrantfile: twist.edit?.(written) ?? written,
    ...(twist.local ? { 'Vagrantfile.local': twist.local } : {}),
  })
  const slotOf = ({ name }: LabNode) =>
    postgresNodes(was).find((node) => node.name === name)?.slot ?? was.backup?.slot ?? ''
  const nodes = nodesOf(was).map((node) => ({ ...node, slot: slotOf(node) }))
  const former = twist.forgotten
    ? { version: undefined, nodes: [], users: [], database: '', table: '', vagrantfile: '' }
    : {
        version: was.postgres.version,
        nodes,
        users: usersOf(was),
        database: database.name,
        table: database.table,
        vagrantfile: written,
      }
  return survey({ lab: wanted, guest: guestOf(was, twist), run: dockerOf(was), directory, former })
}

export const NO_FILES: WriteResult = {
  written: [],
  merged: [],
  removed: [],
  unchanged: [],
  kept: [],
  conflicts: [],
  patches: [],
}

export async function planOf(was: Lab, wanted: Lab, twist: Twist = {}): Promise<readonly PlanItem[]> {
  const seen = await surveyOf(was, wanted, twist)
  return makePlan(wanted, { files: NO_FILES, seen, guest: guestOf(was, twist), applying: { why: 'a test' } })
}

/** A plan as tests compare it: `reload master: work_mem 8MB → 16MB`. */
export async function told(was: Lab, wanted: Lab, twist: Twist = {}): Promise<readonly string[]> {
  const items = await planOf(was, wanted, twist)
  return items.map(({ action, node, text }) => `${action} ${node}: ${text}`)
}

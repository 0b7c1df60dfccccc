import type { Architecture, ProviderName } from '../catalog/names.ts'
import { OPERATING_SYSTEMS } from '../catalog/os.ts'
import { longestPause } from '../config/crontab.ts'
import { hoursOf, retentionPolicy } from '../config/formats.ts'
import { WrongSetting } from '../config/partial.ts'
import { configError } from '../config/problems.ts'
import type { Config } from '../config/schema.ts'
import type { Problem } from '../errors.ts'
import type { BackupNode, Lab, LabNode } from '../lab.ts'
import { addressText, parseSubnet, type Subnet } from './addresses.ts'
import { type ConfigMachine, checkSizes, machinesOf } from './machines.ts'
import { givenAddresses, modeOf, resolveAddresses, resolveSubnet } from './network.ts'
import {
  checkHba,
  checkSettings,
  checkStandbySettings,
  checkSynchronous,
  postgresSettings,
  spelledSettings,
} from './postgres-settings.ts'
import type { AddProblem } from './problems.ts'
import { checkServerSettings } from './server-settings.ts'
import { resolveSlots } from './slots.ts'
import {
  checkBackupKinds,
  resolveBox,
  resolveOwnBox,
  resolvePostgres,
  resolveRunner,
  wantsReplication,
} from './software.ts'
import { checkServers, serversOf } from './ssh-access.ts'
import { checkBackup, checkDatabase, checkNames, checkUsers, rewindUserOf } from './unique-names.ts'
import { checkUpstreams, upstreamsOf } from './upstreams.ts'
import { warningsOf } from './warnings.ts'

/** The computer the lab is to run on, as far as it was asked. */
export interface HostFacts {
  /** The provider `auto` stands for. */
  readonly provider: ProviderName
  readonly architecture: Architecture
  readonly memoryMb?: number
  readonly cpus?: number
}

function networkOf(config: Config, provider: ProviderName, subnet: Subnet): Lab['network'] {
  return {
    subnet: config.network.subnet,
    prefixLength: subnet.prefixLength,
    netmask: subnet.netmask,
    gateway: provider === 'ssh' ? '' : addressText(subnet.base + 1),
    mode: modeOf(config, provider, subnet),
  }
}

function backupOf(config: Config, node: LabNode | undefined): BackupNode | undefined {
  const { backup } = config
  if (!backup || !node) return undefined
  const { server, user, streamingUser, slot, method, retention, minimumRedundancy } = backup
  const { schedule, incremental, from, rehearsal, synchronous, compression } = backup
  return {
    ...node,
    role: 'backup',
    server,
    user,
    userReplicates: wantsReplication(config),
    streamingUser,
    slot,
    method,
    retentionPolicy: retentionPolicy(retention),
    minimumRedundancy,
    ...timesOf(schedule),
    rehearsalHours: rehearsal === undefined ? undefined : hoursOf(rehearsal),
    incremental: incremental === undefined ? undefined : timesOf(incremental),
    from,
    synchronous,
    compression,
  }
}

/** One hour for summer time, one for a backup that takes longer than the one before. */
const GRACE_HOURS = 2

function timesOf(schedule: string): Pick<BackupNode, 'schedule' | 'maximumAgeHours'> {
  return { schedule, maximumAgeHours: Math.ceil((longestPause(schedule) ?? 0) / 60) + GRACE_HOURS }
}

function replicationOf({ replication }: Config): Lab['replication'] {
  const { user, mode, synchronous, otherSlots, maxLag } = replication
  const synchronousCount = mode === 'sync' ? synchronous : 0
  return { user, rewindUser: rewindUserOf(user), synchronousCount, otherSlots, maxLag }
}

/** Ends with a slash, so that an image name can follow. */
function imagePrefix(docker: string | undefined): string | undefined {
  return docker && `${docker.replace(/\/$/, '')}/`
}

/** One question about several settings at once. It reports what is wrong, and gives what others build upon. */
type ConfigRule = (config: Config, host: HostFacts, report: AddProblem) => unknown

const providerOf = (config: Config, host: HostFacts): ProviderName =>
  config.provider === 'auto' ? host.provider : config.provider

/** `auto` never stands for ssh, so this can be decided before the computer has been looked at. */
function addressesOf(config: Config, report: AddProblem): string[] {
  if (config.provider === 'ssh') return givenAddresses(machinesOf(config), report)
  return resolveAddresses(parseSubnet(config.network.subnet), machinesOf(config), report)
}

/** Nothing is reported twice. */
const SILENT: AddProblem = () => {}

/** All of them, each on its own: where one cannot be asked, because a setting it reads is wrong, the others can. */
const CHECKS: readonly ConfigRule[] = [
  (config, _, report) => checkNames(machinesOf(config), report),
  (config, _, report) => checkUsers(config, report),
  (config, _, report) => checkDatabase(config, report),
  (config, _, report) => checkBackup(config, report),
  (config, _, report) => checkUpstreams(config, machinesOf(config), report),
  (config, _, report) => checkSynchronous(config, report),
  (config, _, report) => checkSettings(config, report),
  (config, _, report) => checkHba(config, report),
  (config, _, report) => {
    const { version } = resolvePostgres(config, OPERATING_SYSTEMS[config.os], SILENT)
    checkServerSettings(config, version, report)
    checkStandbySettings(config, version, report)
    checkBackupKinds(config, version, report)
  },
  (config, host, report) => checkServers(config, providerOf(config, host), machinesOf(config), report),
  (config, host, report) => resolveSubnet(config, providerOf(config, host), report),
  (config, _, report) => addressesOf(config, report),
  (config, _, report) => resolveSlots(config, machinesOf(config), report),
  (config, host, report) =>
    resolveBox(config, OPERATING_SYSTEMS[config.os], providerOf(config, host), host.architecture, report),
  (config, _, report) => resolvePostgres(config, OPERATING_SYSTEMS[config.os], report),
  (config, host, report) =>
    resolveRunner(config, OPERATING_SYSTEMS[config.os], providerOf(config, host), report),
  (config, host, report) => checkSizes(machinesOf(config), providerOf(config, host), host, report),
]

/** A computer nobody has looked at yet: what is to be held against it cannot be. */
export const UNSEEN: HostFacts = {
  get provider(): ProviderName {
    throw new WrongSetting('provider')
  },
  get architecture(): Architecture {
    throw new WrongSetting('architecture')
  },
}

/**
 * Holds the settings of a config against each other and the computer.
 * @param config may throw `WrongSetting` where a setting is read that is no valid one
 * @returns every problem that can be known
 */
export function crossProblems(config: Config, host: HostFacts): readonly Problem[] {
  const problems: Problem[] = []
  const report: AddProblem = (path, message, hint) =>
    problems.push({ path, message, ...(hint ? { hint } : {}) })
  for (const check of CHECKS) {
    try {
      check(config, host, report)
    } catch (error) {
      if (!(error instanceof WrongSetting)) throw error
    }
  }
  return problems
}

function nodeOf<Role extends LabNode['role']>(role: Role, machine: ConfigMachine, address: string) {
  return { role, name: machine.name, address, memoryMb: machine.memory, cpus: machine.cpus }
}

function nodesFrom(
  config: Config,
  machines: readonly ConfigMachine[],
  addresses: readonly string[],
  slots: readonly string[],
) {
  const seated = <Role extends LabNode['role']>(role: Role) =>
    machines.flatMap((machine, index) =>
      machine.seat.role === role ? [nodeOf(role, machine, addresses[index] ?? '')] : [],
    )
  const [master] = seated('master')
  if (!master) throw new Error('A config without a master passed the schema')
  const upstreams = upstreamsOf(config)
  return {
    master: { ...master, slot: slots[0] ?? '' },
    slaves: seated('slave').map((slave, index) => ({
      ...slave,
      slot: slots[index + 1] ?? '',
      upstream: upstreams[index] ?? '',
      applyDelay: config.slaves[index]?.applyDelay ?? '',
      settings: spelledSettings(config.slaves[index]?.settings ?? {}),
    })),
    backup: backupOf(config, seated('backup')[0]),
  }
}

/**
 * Makes every choice a config leaves open, and holds its settings against each other and the computer.
 * @throws UserError with all problems at once
 */
export function resolveLab(config: Config, host: HostFacts): Lab {
  const problems = crossProblems(config, host)
  if (problems.length) throw configError('The config', problems)
  const provider = providerOf(config, host)
  const os = OPERATING_SYSTEMS[config.os]
  const machines = machinesOf(config)
  const subnet = resolveSubnet(config, provider, SILENT)
  const addresses = addressesOf(config, SILENT)
  const slots = resolveSlots(config, machines, SILENT)
  const box = resolveBox(config, os, provider, host.architecture, SILENT)
  const { version, repository } = resolvePostgres(config, os, SILENT)
  const runner = resolveRunner(config, os, provider, SILENT)
  const sizeWarnings = checkSizes(machines, provider, host, SILENT)

  const { hba, checksums, tls, locale } = config.postgres
  const { packages, vagrant, docker } = config.mirrors
  const { http, https, noProxy } = config.proxy
  const nodes = nodesFrom(config, machines, addresses, slots)
  const { master, slaves, backup } = nodes
  const everyone = [master, ...slaves, ...(backup ? [backup] : [])]
  return {
    name: config.name,
    provider,
    runner,
    os,
    box,
    ownBox: resolveOwnBox(config, os, provider, host.architecture),
    servers: provider === 'ssh' ? serversOf(config, everyone, machines) : [],
    knownHosts: config.ssh.knownHosts,
    network: networkOf(config, provider, subnet),
    ...nodes,
    postgres: {
      version,
      repository,
      settings: postgresSettings(config, version),
      hba,
      checksums,
      tls,
      locale,
    },
    replication: replicationOf(config),
    database: config.database,
    mirrors: { packages, vagrant, docker: imagePrefix(docker) },
    proxy: { http, https, noProxy },
    warnings: [...warningsOf(config, os, version, box, subnet), ...sizeWarnings],
  }
}

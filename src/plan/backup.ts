import { barmanPaths } from '../guest-paths.ts'
import { type BackupNode, type Lab, postgresNodes } from '../lab.ts'
import { ageS, askCatalogue, type Backups, readBackupAnswer } from '../observe/backups.ts'
import { copiedServer } from '../postgres/topology.ts'
import type { Guest } from '../tools/ssh/guest-contract.ts'
import { ifReachable } from '../tools/ssh/if-reachable.ts'
import { span } from '../units.ts'
import type { PlanAction, PlanItem } from './plan-item.ts'
import type { PlanSurvey } from './survey.ts'

/** What Barman says of its server and its jobs. */
interface BarmanSight {
  /** Barman's own settings (`barman show-server`); `undefined` when it does not know the server. */
  readonly config: Readonly<Record<string, unknown>> | undefined
  /** Lines of crontabs that take a base backup. */
  readonly jobs: readonly string[]
  /** `undefined` when it has no such server. */
  readonly backups: Backups | undefined
  /** Whether incrementals can be taken on the newest full one. */
  readonly isSummarized: boolean
  /** Addresses it has passwords for. */
  readonly addresses: readonly string[]
}

const TIMEOUT_MS = 60_000

/** What happens to the backup host. */
export async function backupItems(lab: Lab, seen: PlanSurvey, guest: Guest): Promise<readonly PlanItem[]> {
  const { backup } = lab
  if (!backup) return []
  const item = (action: PlanAction, text: string): PlanItem => ({
    kind: 'server',
    node: backup.name,
    action,
    text,
  })
  if (!seen.made.has(backup.name)) return [item('add', newBarman(backup))]
  if (!seen.machines.has(backup.name)) {
    return [item('inspect', 'it is not running: what changes there is seen only once it runs')]
  }
  const sight = await askBarman(guest, backup)
  if (!sight?.config) return [item('add', newBarman(backup))]
  const connections = connectionTexts(lab, backup, seen, sight.config)
  const texts = [
    ...configTexts(backup, sight.config),
    ...connections,
    ...(connections.length === 0 ? [] : ['receive-wal is started again']),
    ...jobTexts(backup, sight),
    ...passwordTexts(lab, sight),
  ]
  const owed = owedBackups(backup, sight)
  return [...texts.map((text) => item('change', text)), ...owed.map((text) => item('add', text))]
}

/** Role backup takes those that the schedule has not taken. */
function owedBackups(backup: BackupNode, { backups, isSummarized }: BarmanSight): readonly string[] {
  if (!backups) return []
  const { maximumAgeHours, minimumRedundancy } = backup
  const ageSeconds = backups.newestDoneAt === undefined ? 0 : ageS(backups, backups.newestDoneAt)
  const isMissed = ageSeconds > maximumAgeHours * 3600
  const isOther = backups.method !== undefined && backups.method !== backup.method && !isMissed
  const isWithout =
    backup.incremental !== undefined && backups.count > 0 && !isSummarized && !isMissed && !isOther
  const lacking = minimumRedundancy - backups.count - (isMissed || isOther || isWithout ? 1 : 0)
  return [
    ...(isMissed
      ? [`a base backup: the newest is ${span(ageSeconds)} old, and the schedule allows ${maximumAgeHours} h`]
      : []),
    ...(isOther
      ? [`a base backup: the newest was copied by ${backups.method}, and stays, as all in the catalogue`]
      : []),
    ...(isWithout
      ? ['a base backup: the newest was taken without the WAL summaries that incrementals need']
      : []),
    ...(lacking > 0
      ? [`base backups: ${lacking} more, as ${minimumRedundancy} must be kept and ${backups.count} are there`]
      : []),
  ]
}

function newBarman({ server, slot, minimumRedundancy }: BackupNode): string {
  const first = minimumRedundancy > 1 ? `${minimumRedundancy} base backups` : 'its first base backup'
  return `Barman receives the WAL of ${server} through ${slot} and takes ${first}`
}

async function askBarman(guest: Guest, backup: BackupNode): Promise<BarmanSight | undefined> {
  const options = { as: 'barman', timeoutMs: TIMEOUT_MS } as const
  return ifReachable(async () => {
    const [server, jobs, addresses, catalogue] = await Promise.all([
      guest.shell(backup, ['barman', '-f', 'json', 'show-server', backup.server], options),
      guest.shell(backup, ['grep', '-rhs', 'barman', ...barmanPaths().crontabs], { as: 'root' }),
      guest.shell(backup, ['sh', '-c', 'cut -d: -f1 ~/.pgpass'], options), // never the passwords
      askCatalogue(backup, guest),
    ])
    const answer = readBackupAnswer(catalogue.stdout)
    return {
      config: configIn(server.stdout, backup.server),
      jobs: trimmedLines(jobs.stdout).filter((line) => !line.startsWith('#') && / backup\b/.test(line)),
      addresses: trimmedLines(addresses.stdout),
      backups: answer?.backups,
      isSummarized: answer?.isSummarized ?? false,
    }
  }, undefined)
}

function configIn(stdout: string, server: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return (JSON.parse(stdout) as Record<string, Record<string, unknown>>)[server]
  } catch {
    return undefined // no JSON: Barman is not set up
  }
}

function trimmedLines(text: string): readonly string[] {
  return text.split('\n').flatMap((line) => line.trim() || [])
}

type BarmanConfig = Readonly<Record<string, unknown>>

function configTexts(backup: BackupNode, config: BarmanConfig): readonly string[] {
  const wanted = {
    backup_method: backup.method,
    retention_policy: backup.retentionPolicy,
    minimum_redundancy: String(backup.minimumRedundancy),
    compression: backup.compression,
  }
  return Object.entries(wanted).flatMap(([name, value]) => changeOf(name, config[name], value))
}

function changeOf(name: string, given: unknown, wanted: string): readonly string[] {
  const now = String(given ?? 'none')
  return now === wanted ? [] : [`${name} ${now} → ${wanted}`]
}

/** What a running receive-wal does not notice. */
function connectionTexts(
  lab: Lab,
  backup: BackupNode,
  { primary }: PlanSurvey,
  config: BarmanConfig,
): readonly string[] {
  const connections = { conninfo: backup.user, streaming_conninfo: backup.streamingUser }
  const now = primary ?? lab.master
  const source = copiedServer(lab, now)
  const { address } = source
  const isOther = source.name !== now.name
  const followed = { wal_conninfo: backup.user, wal_streaming_conninfo: backup.streamingUser }
  return [
    ...changeOf('slot_name', config.slot_name, backup.slot),
    ...Object.entries(connections)
      .filter(([name, user]) => !String(config[name]).startsWith(`host=${address} port=5432 user=${user} `))
      .map(([name, user]) => `${name}: ${user} at ${address}`),
    ...Object.entries(followed)
      .filter(([name, user]) =>
        isOther
          ? !String(config[name]).startsWith(`host=${now.address} port=5432 user=${user} `)
          : typeof config[name] === 'string',
      )
      .map(([name, user]) => `${name}: ${isOther ? `${user} at ${now.address}` : 'none'}`),
  ]
}

function jobTexts({ schedule, incremental, server }: BackupNode, { jobs }: BarmanSight): readonly string[] {
  const changed = (what: string, kind: string, wanted: string | undefined) => {
    const [given] = jobs
      .filter((line) => line.endsWith(` backup ${kind}${server}`))
      .map((line) => line.split(' barman ')[0])
    return given === wanted ? [] : [`schedule of the ${what} ${given ?? 'none'} → ${wanted ?? 'none'}`]
  }
  return [
    ...changed('base backup', '', schedule),
    ...changed('incremental backup', '--incremental last-full ', incremental?.schedule),
  ]
}

function passwordTexts(lab: Lab, { addresses }: BarmanSight): readonly string[] {
  const nodes = postgresNodes(lab)
  const missing = nodes.filter(({ address }) => !addresses.includes(address)).map(({ name }) => name)
  const surplus = new Set(addresses.filter((address) => nodes.every((node) => node.address !== address)))
  return [
    ...(missing.length === 0 ? [] : [`gets the passwords for ${missing.join(', ')}`]),
    ...(surplus.size === 0 ? [] : [`loses the passwords for ${[...surplus].join(', ')}`]),
  ]
}

import { CommandError, UserError } from '../errors.ts'
import { barmanPaths, postgresPaths, restoredServer } from '../guest-paths.ts'
import { type BackupNode, type LabNode, postgresNodes } from '../lab.ts'
import type { LiveLab } from '../observe/live-lab.ts'
import { askServers, primaryOf, seeServers } from '../observe/servers.ts'
import { askBarman, barmanFailed } from '../postgres/barman.ts'
import { type BaseBackup, listBackups, tablespacesOf } from '../postgres/barman-catalogue.ts'
import { type ArchivedWal, archiveWal, bytesOf } from '../postgres/wal.ts'
import type { Note } from '../tasks/index.ts'
import { type ExtraVars, runPlaybook } from '../tools/ansible/ansible.ts'
import { size } from '../units.ts'
import { followPrimary, planFollowing } from './follow.ts'
import type { RestoreTarget } from './restore-target.ts'
import {
  isOnLine,
  knownTimelines,
  readTimelines,
  type Timelines,
  timelinesAtLsn,
  timelinesAtTime,
  timelinesOfPoints,
} from './timelines.ts'

/** What is restored from where. */
export interface RestorePlan {
  readonly host: BackupNode
  readonly backup: BaseBackup
  readonly moment: RestoreTarget
  /** What PostgreSQL gets to know of it. */
  readonly target: Target
  /** The primary of today. `undefined` when none answers: then only what has arrived can be restored. */
  readonly primary: LabNode | undefined
  /** The one that leads to the moment. */
  readonly timeline: number
  /** A later one began before its end. */
  readonly isGivenUp: boolean
}

/** A moment as the recovery gets it; `lsn` says where a named one lies. */
type Target =
  | Exclude<RestoreTarget, { readonly kind: 'name' }>
  | { readonly kind: 'name' | 'lsn'; readonly value: string; readonly lsn: string }

/** psql in the restored server, for barman on the backup host; what psql takes comes behind it. */
export function restoredPsql(): readonly string[] {
  return ['psql', ...restoredServer(), '-U', 'postgres']
}

/** Whether a server is restored beside the cluster, running or not. */
export async function hasRestored({ guest, backup }: Pick<RestoreLab, 'guest' | 'backup'>): Promise<boolean> {
  const argv = ['test', '-e', barmanPaths().restored]
  return (await guest.shell(backup, argv, { as: 'barman' })).exitCode === 0
}

/** Where the lab is, and its backup host. */
type RestoreLab = LiveLab & { readonly backup: BackupNode }

/**
 * Finds the backup from which a moment can be restored, and the timeline it is on.
 * @param wanted the timeline, where the moment is on several
 * @throws UserError with the reason when there is none
 */
export async function planRestore(
  live: RestoreLab,
  moment: RestoreTarget,
  wanted?: number,
): Promise<RestorePlan> {
  const { lab, guest, backup: host } = live
  const [all, servers] = await Promise.all([listBackups(host, guest), askServers(lab, guest)])
  const done = all.filter(({ status }) => status === 'DONE')
  if (done.length === 0) {
    throw new UserError(`Barman has no backup of ${host.server} that is DONE`, {
      hint: 'take one: npx create-pg-lab backup',
    })
  }
  const found = primaryOf(servers)
  const primary = found.is === 'found' ? found.node : undefined
  const writes = found.is === 'found' ? found.server.answer?.timeline : undefined
  const now = primary && writes !== undefined ? { node: primary, timeline: writes } : undefined
  const name = moment.kind === 'name' ? moment.value : undefined
  const timelines = await readTimelines(live, now, name)
  const timeline = timelineOf(moment, timelines, wanted)
  const target = moment.kind === 'name' ? pointOn(timelines, timeline, moment.value) : moment
  const backup = await backupFor(live, { moment, target, timeline, timelines, done, primary })
  const isGivenUp = timeline !== timelines.current
  return { host, backup, moment, target, primary, timeline, isGivenUp }
}

/** @throws UserError that names the timelines when the moment is on several and none was chosen */
function timelineOf(moment: RestoreTarget, timelines: Timelines, wanted: number | undefined): number {
  const all = timelinesAt(moment, timelines)
  if (wanted !== undefined) {
    const known = knownTimelines(timelines)
    if (known.includes(wanted)) return wanted
    throw new UserError(`There is no timeline ${wanted}`, { hint: `choose from ${known.join(', ')}` })
  }
  const [timeline, second] = all
  if (timeline !== undefined && second === undefined) return timeline
  if (timeline === undefined) throw noPoint(moment.kind === 'name' ? moment.value : '')
  throw new UserError(
    `${tellMoment(moment)} is on more than one timeline: ${tellTimelines(all, timelines)}`,
    {
      hint: `say which one: ${all.map((one) => `--timeline ${one}`).join(' or ')}`,
    },
  )
}

function timelinesAt(moment: RestoreTarget, timelines: Timelines): readonly number[] {
  switch (moment.kind) {
    case 'latest':
      return [timelines.current]
    case 'time':
      return timelinesAtTime(timelines, moment.at)
    case 'lsn':
      return timelinesAtLsn(timelines, moment.value)
    case 'name':
      return timelinesOfPoints(timelines)
  }
}

function tellMoment(moment: RestoreTarget): string {
  return moment.kind === 'latest' ? 'The end' : moment.value
}

function tellTimelines(all: readonly number[], { current, givenUp }: Timelines): string {
  const tell = (timeline: number) => {
    const gone = givenUp.find((one) => one.timeline === timeline)
    return timeline === current || !gone
      ? `${timeline} (the newest)`
      : `${timeline} (given up at ${gone.from})`
  }
  return all.map(tell).join(' and ')
}

/** PostgreSQL stops at the first restore point of a name: where the line has several, the LSN of the newest is exact. */
function pointOn(timelines: Timelines, line: number, name: string): Target {
  const points = timelines.points.filter(({ timeline, lsn }) => isOnLine(timelines, line, timeline, lsn))
  const newest = points.at(-1)
  if (!newest) throw noPoint(name, line)
  return {
    kind: points.length > 1 ? 'lsn' : 'name',
    value: points.length > 1 ? newest.lsn : name,
    lsn: newest.lsn,
  }
}

function noPoint(name: string, line?: number): UserError {
  const where = line === undefined ? 'in Barman’s archive' : `on timeline ${line}`
  return new UserError(`There is no restore point ${name} ${where}`, {
    hint: 'one is made with: npx create-pg-lab psql -c "SELECT pg_create_restore_point(\'name\')"',
  })
}

/** What a backup is looked for by. */
interface Wanted {
  readonly moment: RestoreTarget
  readonly target: Target
  readonly timeline: number
  readonly timelines: Timelines
  readonly done: readonly BaseBackup[]
  readonly primary: LabNode | undefined
}

/** The newest backup that ends before the moment, on the line that leads there. */
async function backupFor(live: RestoreLab, wanted: Wanted): Promise<BaseBackup> {
  await verifyNotInFuture(live, wanted)
  const { target, timeline, timelines, done } = wanted
  let earliest: BackupEnd | undefined
  for (const backup of done) {
    const end = await endOf(live, backup)
    if (!isOnLine(timelines, timeline, end.timeline, end.lsn)) continue
    if (isBefore(backup, end, target)) return backup
    earliest = { ...end, at: backup.endedAt }
  }
  throw tooEarly(wanted, earliest)
}

/** Barman gives whole seconds, rounded down. */
function isBefore({ endedAt }: BaseBackup, end: BackupEnd, target: Target): boolean {
  if (target.kind === 'latest') return true
  if (target.kind === 'time') return endedAt !== undefined && endedAt + 1 <= target.at
  return bytesOf(end.lsn) <= bytesOf(target.kind === 'lsn' ? target.value : target.lsn)
}

async function verifyNotInFuture(
  { guest }: RestoreLab,
  { target, timeline, timelines, primary }: Wanted,
): Promise<void> {
  if (target.kind === 'time' && target.at > Date.now() / 1000) throw inFuture(target.value)
  if (target.kind !== 'lsn' || timeline !== timelines.current || !primary) return
  const [row] = await guest.rows<{ lsn: string }>(primary, 'SELECT pg_current_wal_lsn()::text AS lsn')
  if (row && bytesOf(target.value) > bytesOf(row.lsn)) {
    throw inFuture(target.value, `: ${primary.name} is at ${row.lsn}`)
  }
}

function inFuture(value: string, why = ''): UserError {
  return new UserError(`${value} is in the future${why}`, { hint: 'for all there is: --to latest' })
}

function tooEarly({ moment, target, timeline }: Wanted, earliest: BackupEnd | undefined): UserError {
  if (!earliest) {
    return new UserError(`No backup leads to timeline ${timeline}: all were taken on other timelines`, {
      hint: 'for the newest timeline take one: npx create-pg-lab backup',
    })
  }
  const told =
    'lsn' in target && moment.kind === 'name' ? `${moment.value} (${target.lsn})` : tellMoment(moment)
  const first =
    target.kind === 'time' ? new Date(((earliest.at ?? 0) + 1) * 1000).toISOString() : earliest.lsn
  return new UserError(`${told} is before the end of the first backup`, {
    hint: `the earliest moment is --to ${first}`,
  })
}

/** Where a backup ends: from there on it is consistent. */
interface BackupEnd {
  readonly lsn: string
  readonly timeline: number
  /** Seconds since 1970. */
  readonly at?: number | undefined
}

async function endOf({ guest, backup: host }: RestoreLab, { id }: BaseBackup): Promise<BackupEnd> {
  const answer = await askBarman(guest, host, ['show-backup'], [id])
  const about = answer.about as
    | { base_backup_information?: { end_lsn?: string; timeline?: number | string } }
    | undefined
  const { end_lsn: lsn, timeline } = about?.base_backup_information ?? {}
  if (lsn === undefined || timeline === undefined) throw barmanFailed(answer, host)
  return { lsn, timeline: Number(timeline) }
}

/** The variables of the playbooks. */
function variablesOf({ backup, target, timeline }: RestorePlan): Record<string, string> {
  return {
    restore_backup: backup.id,
    restore_target: target.kind,
    ...(target.kind === 'latest' ? {} : { restore_value: target.value }),
    restore_timeline: String(timeline),
  }
}

/**
 * Restores on the backup host, as a server of its own that stays. The one restored there before is replaced.
 * @throws UserError when the WAL does not reach the moment: then nothing is left there
 */
export async function restoreBeside(live: RestoreLab, plan: RestorePlan, note: Note) {
  await sealMoment(live, plan, note)
  await play(live, plan, 'provisioning/operations/restore.yml', variablesOf(plan), note)
}

/**
 * Restores over a server: it gets the data of the moment and goes on as the primary; standbys are cloned again, and
 * Barman takes a new backup. Nothing of the cluster is touched before the moment is reached on the backup host.
 * @param over name of that server
 * @returns what to report afterwards, a sentence each: where data is kept that an earlier restore has set aside
 */
export async function restoreOver(
  live: RestoreLab,
  plan: RestorePlan,
  over: string,
  note: Note,
): Promise<readonly string[]> {
  await sealMoment(live, plan, note)
  const variables = { ...variablesOf(plan), restore_over: over }
  return play(live, plan, 'provisioning/operations/restore-in-place.yml', variables, note)
}

/**
 * Restores onto a server, over SSH: Barman copies the backup beside its data, the moment is reached there, and it goes on as
 * the primary; standbys are cloned again, and Barman takes a new backup. Until the moment is reached the server goes on.
 * @param node name of that server
 * @returns what to report afterwards, as `restoreOver` does
 */
export async function restoreOnto(
  live: RestoreLab,
  plan: RestorePlan,
  node: string,
  note: Note,
): Promise<readonly string[]> {
  await sealMoment(live, plan, note)
  const variables = { ...variablesOf(plan), restore_on: node }
  return play(live, plan, 'provisioning/operations/restore-on.yml', variables, note)
}

/** For WAL that a restored server writes itself, and its temporary files. */
export const RESERVE_BYTES = 256 * 1024 ** 2

/**
 * Looks whether a backup can be restored onto a server.
 * @throws UserError where no ssh leads there, a tablespace would be in its way, or the disk is too small
 */
export async function verifyOnto(
  { lab, guest, backup }: RestoreLab,
  plan: RestorePlan,
  name: string,
): Promise<void> {
  const inPlace = 'over the server by way of the backup host: --in-place'
  if (backup.method !== 'rsync') {
    throw new UserError(`No ssh leads from Barman to ${name}: base backups are copied by pg_basebackup`, {
      hint: `set backup.method to 'rsync' and run npx create-pg-lab up; or ${inPlace}`,
    })
  }
  const tablespaces = await tablespacesOf(backup, guest, plan.backup)
  if (tablespaces.length > 0) {
    const told = tablespaces.join(', ')
    throw new UserError(
      `Backup ${plan.backup.id} has tablespaces (${told}), whose folders ${name} is using`,
      {
        hint: inPlace,
      },
    )
  }
  const node = postgresNodes(lab).find((one) => one.name === name)
  if (!node) throw new Error(`${name} was chosen and is no server`)
  const neededBytes = plan.backup.bytes + plan.backup.walBytes + RESERVE_BYTES
  const script = 'df --output=avail -B1 -- "$(readlink -f "$1")" | tail -n 1'
  const argv = ['sh', '-c', script, 'sh', postgresPaths(lab).data]
  const freeBytes = Number((await guest.shell(node, argv, { as: 'postgres' })).stdout)
  if (freeBytes >= neededBytes) return
  throw new UserError(
    `The disk of ${name} is too small: ${size(neededBytes)} are needed beside its data, ${size(freeBytes)} are free`,
    { hint: `make room there; or ${inPlace}` },
  )
}

/** Stops and deletes the server that `restoreBeside` made. */
export async function removeRestored(live: RestoreLab, note: Note): Promise<void> {
  await play(live, undefined, 'provisioning/operations/remove-restored.yml', {}, note)
}

/**
 * A commit behind the moment, for PostgreSQL ends there only where it sees one; and all of it in the archive. Where a
 * restore or a rejoin was cut off, Barman still has to start over: the role does that once.
 */
async function sealMoment(live: RestoreLab, { primary, isGivenUp }: RestorePlan, note: Note): Promise<void> {
  if (!primary || isGivenUp) return
  const first = await sealAt(live, primary)
  if (first.arrived) return
  await followPrimary(live, planFollowing(await seeServers(live)), note)
  const { segment, arrived } = await sealAt(live, primary)
  if (arrived) return
  throw new CommandError(`The WAL up to now (${segment}) does not arrive in Barman’s archive`, {
    command: 'npx create-pg-lab verify --only wal',
    hint: 'see what is wrong: npx create-pg-lab verify --only wal,barman',
  })
}

async function sealAt({ guest, backup }: RestoreLab, primary: LabNode): Promise<ArchivedWal> {
  await guest.execute(primary, "SELECT pg_logical_emit_message(true, 'pg-lab', 'restore');")
  return archiveWal(primary, backup, guest)
}

/** @returns what its tasks have said */
async function play(
  { directory, run, logFile }: LiveLab,
  plan: RestorePlan | undefined,
  playbook: string,
  extraVars: ExtraVars,
  note: Note,
): Promise<readonly string[]> {
  const said: string[] = []
  try {
    await runPlaybook({
      directory,
      run,
      logFile,
      playbook,
      extraVars,
      onEvent: (event) => {
        if (event.event === 'said') said.push(event.message)
        if (event.event !== 'task') return
        note(`${event.host}: ${event.task.replace(/^[\w.]+ : /, '')} · ${event.index}/${event.total}`)
      },
    })
    return said
  } catch (error) {
    if (plan && error instanceof CommandError && error.message.includes('recovery ended before')) {
      throw notReached(plan, error)
    }
    throw error
  }
}

function notReached({ moment, backup }: RestorePlan, cause: CommandError): UserError {
  const told = moment.kind === 'latest' ? 'the end' : moment.value
  return new UserError(`The WAL after backup ${backup.id} ends before ${told}. Nothing was changed`, {
    hint: 'see whether a segment is missing: npx create-pg-lab verify --only continuity; all that can be had: --to latest',
    cause,
  })
}

import { EXIT, Interrupted, UserError } from '../errors.ts'
import type { BackupNode, Lab } from '../lab.ts'
import {
  planRestore,
  type RestorePlan,
  removeRestored,
  restoreBeside,
  restoreOnto,
  restoreOver,
  verifyOnto,
} from '../operations/restore.ts'
import { chooseOver } from '../operations/restore-over.ts'
import { parseRestoreTarget, type RestoreTarget } from '../operations/restore-target.ts'
import { type Progress, runTasks, valueTask } from '../tasks/index.ts'
import { type Context, canAsk } from './shared/context.ts'
import { backupHost } from './shared/one-primary.ts'
import { ask } from './shared/prompts.ts'
import { openSession, type Session, verifyIsUp, zoneOf } from './shared/session.ts'
import { writeFiles } from './steps/files.ts'

interface RestoreOptions {
  readonly to?: string
  readonly timeline?: number
  readonly at?: string
  readonly inPlace?: true
  readonly over?: string
  readonly on?: string
  readonly dryRun?: true
  readonly yes?: true
  readonly remove?: true
}

/** `create-pg-lab restore`: a moment, brought back beside the cluster or over it. */
export async function restore(context: Context, options: RestoreOptions): Promise<number> {
  const session = await openSession(context)
  const { lab } = session
  const host = backupHost(lab)
  verifyOptions(options, host)
  const { to } = options
  const moment = to === undefined ? undefined : parseRestoreTarget(to, zoneOf(lab))
  verifyIsUp(session)
  if (moment === undefined) return remove(session, host)
  const plan = await planRestore(restoreLab(session, host), moment, options.timeline)
  const way = await replacementOf(restoreLab(session, host), plan, options)
  const over = way?.over
  context.print(showPlan(plan, lab, way))
  if (options.dryRun) {
    context.print('\nNothing was changed.')
    return EXIT.ok
  }
  if (over !== undefined && !(await isAgreed(context, options, over))) return EXIT.ok
  const said = await work(session, plan, way)
  context.print(`\n${done(context, plan, way)}`)
  for (const sentence of said) context.print(`  ! ${sentence}`)
  return EXIT.ok
}

/** A restore that replaces a server: from the one on the backup host, or straight from Barman over SSH. */
interface Replacement {
  /** Name of the server. */
  readonly over: string
  readonly isDirect: boolean
}

/** @returns `undefined` for one beside the cluster */
async function replacementOf(
  live: Parameters<typeof verifyOnto>[0],
  plan: RestorePlan,
  { inPlace, over, on }: RestoreOptions,
): Promise<Replacement | undefined> {
  if (inPlace) return { over: await chooseOver(live, over), isDirect: false }
  if (on === undefined) return undefined
  const chosen = await chooseOver(live, on)
  await verifyOnto(live, plan, chosen)
  return { over: chosen, isDirect: true }
}

/** @throws UserError when they do not fit together */
function verifyOptions(options: RestoreOptions, { name }: BackupNode): void {
  const { to, at, inPlace, over, on, remove: removes } = options
  if (on !== undefined && (inPlace || at !== undefined)) {
    throw new UserError(`--on goes without ${inPlace ? '--in-place' : '--at'}`, {
      hint: 'over SSH onto a server: --on; by way of the backup host: --in-place; beside the cluster: neither',
    })
  }
  if (over !== undefined && !inPlace) {
    throw new UserError('--over belongs to --in-place', {
      hint: 'beside the cluster: leave it out; over a server: add --in-place',
    })
  }
  if (removes && (to !== undefined || inPlace || on !== undefined)) {
    throw new UserError('--remove goes alone', { hint: 'npx create-pg-lab restore --remove' })
  }
  if (!removes && to === undefined) {
    throw new UserError('Say up to when', {
      hint: 'npx create-pg-lab restore --to <time|LSN|name|latest>, or --remove',
    })
  }
  if (at !== undefined && at !== name) {
    throw new UserError(`Nothing can be restored at ${at}`, {
      hint: `Barman restores on its own host: --at ${name}; onto the primary: --in-place, or over SSH --on ${at}`,
    })
  }
}

function restoreLab({ context, lab, guest, directory, logs }: Session, backup: BackupNode) {
  return { lab, guest, directory, run: context.run, logFile: logs.file('ansible'), backup }
}

async function isAgreed(context: Context, { yes }: RestoreOptions, over: string): Promise<boolean> {
  if (yes) return true
  if (canAsk(context)) return ask(`Give up what was written on ${over} since?`)
  throw new UserError(`What was written on ${over} since would be lost`, { hint: 'to agree, add --yes' })
}

/** @returns what to report afterwards */
async function work(
  session: Session,
  plan: RestorePlan,
  way: Replacement | undefined,
): Promise<readonly string[]> {
  const task = taskOf(restoreLab(session, plan.host), plan, way)
  try {
    await runTasks([writeFiles(session), task], session.taskOptions)
    return await task.value
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error
    throw new Interrupted(error.signal, [
      way === undefined
        ? 'The cluster was not touched. What was begun goes with: npx create-pg-lab restore --remove'
        : 'The old data stays beside the new. npx create-pg-lab up continues from there, or says what is in its way; then repeat',
    ])
  }
}

function taskOf(live: ReturnType<typeof restoreLab>, plan: RestorePlan, way: Replacement | undefined) {
  if (way === undefined) {
    return valueTask(`Restore on ${plan.host.name}`, async ({ note }: Progress) => {
      await restoreBeside(live, plan, note)
      return { value: [] as readonly string[] }
    })
  }
  const { over, isDirect } = way
  const act = isDirect ? restoreOnto : restoreOver
  return valueTask(`Restore ${isDirect ? 'onto' : 'over'} ${over}`, async ({ note }: Progress) => ({
    value: await act(live, plan, over, note),
  }))
}

async function remove(session: Session, host: BackupNode): Promise<number> {
  const task = {
    title: 'Remove the restored server',
    run: ({ note }: Progress) => removeRestored(restoreLab(session, host), note),
  }
  await runTasks([writeFiles(session), task], session.taskOptions)
  return EXIT.ok
}

/** What will happen, before it does. */
function showPlan(
  { backup, moment, host, primary, timeline, isGivenUp }: RestorePlan,
  lab: Lab,
  way: Replacement | undefined,
): string {
  const over = way?.over
  const lines = [
    `Backup ${backup.id}, and the WAL after it up to ${describeTarget(moment)}`,
    ...(isGivenUp
      ? [`On timeline ${timeline}, which was given up: what came later on another one is not in it`]
      : []),
    ...(primary ? [] : ['No primary answers: what has not arrived at Barman is missing']),
    over === undefined
      ? `Becomes a server of its own on ${host.name}; the cluster is not touched`
      : way?.isDirect
        ? `Goes onto ${over} over SSH, beside its data, which it then replaces: what was written there since is lost`
        : `Goes over ${over}: what was written there since is lost`,
    ...(over === undefined ? [] : followUps(lab, over)),
  ]
  return lines.map((line) => `  ${line}`).join('\n')
}

function followUps(lab: Lab, over: string): readonly string[] {
  const standbys = [lab.master, ...lab.slaves].map(({ name }) => name).filter((name) => name !== over)
  return [
    ...(standbys.length > 0 ? [`${standbys.join(', ')}: cloned again`] : []),
    'Barman goes on with the new timeline and takes a new backup',
  ]
}

function describeTarget(moment: RestoreTarget): string {
  switch (moment.kind) {
    case 'latest':
      return 'its end'
    case 'time':
      return moment.assumedZone === undefined
        ? moment.value
        : `${moment.value} (without an offset it is the servers’ time, ${moment.assumedZone})`
    case 'lsn':
      return moment.value
    case 'name':
      return `restore point ${moment.value}`
  }
}

function done({ paint }: Context, { host, moment }: RestorePlan, way: Replacement | undefined): string {
  const head = `${paint('green', '✔')} Restored up to ${describeTarget(moment)}`
  return way === undefined
    ? `${head}\n\n  Look     npx create-pg-lab psql ${host.name}\n  Remove   npx create-pg-lab restore --remove`
    : `${head}\n\n  See      npx create-pg-lab verify`
}

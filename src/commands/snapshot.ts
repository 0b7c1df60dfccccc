import { runChecks } from '../checks/index.ts'
import { forgetOpenDrill } from '../drills/rehearsal/open-drill.ts'
import { EXIT, UserError } from '../errors.ts'
import { forgetExam } from '../exam/seal.ts'
import {
  bytesOfSnapshot,
  findSnapshot,
  removeSnapshot,
  restoreSnapshot,
  saveSnapshot,
  verifyFreeName,
  verifyHasSnapshots,
} from '../operations/snapshot/index.ts'
import { readSnapshots, type Snapshot } from '../operations/snapshot/record.ts'
import type { SnapshotLab } from '../operations/snapshot/snapshot-way.ts'
import { runTasks, type Task } from '../tasks/index.ts'
import { size } from '../units.ts'
import type { Context } from './shared/context.ts'
import { agreesToDelete } from './shared/prompts.ts'
import { openSession, type Session, verifyHasMachines, verifyIsUp } from './shared/session.ts'
import { type Columns, fittedTable, widthOf } from './shared/table.ts'
import { liveLab } from './steps/operation.ts'
import { FailedFindings, untilGreen } from './steps/verify.ts'
import { showFindings } from './verify.ts'

type SnapshotVerb = 'save' | 'list' | 'restore' | 'rm'

interface SnapshotOptions {
  readonly yes?: true
}

/** `create-pg-lab snapshot`: the whole lab at a moment, kept, listed, brought back and deleted. */
export async function snapshot(
  context: Context,
  { yes }: SnapshotOptions,
  verb: SnapshotVerb,
  name: string | undefined,
): Promise<number> {
  const session = await openSession(context)
  verifyHasSnapshots(session.lab)
  if (verb === 'list') return list(session)
  if (name === undefined) {
    throw new UserError(`Which snapshot? snapshot ${verb} wants a name`, {
      hint:
        verb === 'save' ? 'npx create-pg-lab snapshot save before-drill' : 'npx create-pg-lab snapshot list',
    })
  }
  if (verb === 'save') return save(session, name)
  const found = findSnapshot(session, name)
  const question =
    verb === 'restore'
      ? `Bring the lab back to ${timeOfSnapshot(found)}? What was written since is lost.`
      : `Delete the snapshot ${name}?`
  const agreed = await agreesToDelete(context, {
    yes: yes === true,
    words: `snapshot ${verb} ${name}`,
    question,
  })
  if (!agreed) return EXIT.ok
  return verb === 'restore' ? restore(session, found) : remove(session, found)
}

/** The lab of a session, as snapshots want it. */
export function snapshotLab(session: Session): SnapshotLab {
  return { ...liveLab(session), vagrant: session.vagrant }
}

async function save(session: Session, name: string): Promise<number> {
  verifyIsUp(session)
  verifyFreeName(session.directory, name)
  const live = snapshotLab(session)
  const task: Task = {
    title: `Save ${name}`,
    run: async ({ note }) => {
      const saved = await saveSnapshot(live, name, note)
      const bytes = await bytesOfSnapshot(live, saved)
      const room = bytes === undefined ? [] : [size(bytes)]
      return [`${saved.machines.length} machines`, ...room].join(' · ')
    },
  }
  await runTasks([task], session.taskOptions)
  session.context.print(`\nCome back to it: npx create-pg-lab snapshot restore ${name}`)
  return EXIT.ok
}

const COLUMNS: Columns = [
  ['SNAPSHOT', 0],
  ['TAKEN', 0],
  ['MACHINES', 1],
  ['SIZE', 0],
]

async function list(session: Session): Promise<number> {
  const { context, directory } = session
  const all = readSnapshots(directory)
  if (all.length === 0) {
    context.print('None yet. Take one: npx create-pg-lab snapshot save before-drill')
    return EXIT.ok
  }
  const live = snapshotLab(session)
  const rows = await Promise.all(
    all.map(async (one) => {
      const bytes = await bytesOfSnapshot(live, one)
      const names = one.machines.map((machine) => machine.name).join(', ')
      return [one.name, timeOfSnapshot(one), names, bytes === undefined ? 'see the provider' : size(bytes)]
    }),
  )
  const look = { paint: context.paint, width: widthOf(context.stdout) }
  context.print(fittedTable(COLUMNS, rows, look).join('\n'))
  return EXIT.ok
}

async function restore(session: Session, found: Snapshot): Promise<number> {
  const { context, directory } = session
  verifyHasMachines(session)
  const bringBack: Task = {
    title: `Restore ${found.name}`,
    run: async ({ note }) => {
      await restoreSnapshot(snapshotLab(session), found, note)
      forgetOpenDrill(directory) // what it had broken is whole again
      forgetExam({ directory, env: context.env })
      return `${found.machines.length} machines`
    },
  }
  try {
    await runTasks([bringBack, verifySettled(session)], session.taskOptions)
    return EXIT.ok
  } catch (error) {
    if (!(error instanceof FailedFindings)) throw error
    context.print(`\n${showFindings(error.findings, context.paint)}`)
    return EXIT.failedFindings
  }
}

/** What is not well by then is told. */
const SETTLED_WITHIN_MS = 120_000

/** Servers that have just started need a moment until they stream. */
function verifySettled({ lab, guest }: Session): Task {
  return {
    title: 'Verify',
    run: ({ note }) => untilGreen(() => runChecks(lab, guest), { withinMs: SETTLED_WITHIN_MS, note }),
  }
}

async function remove(session: Session, found: Snapshot): Promise<number> {
  await runTasks(
    [{ title: `Delete ${found.name}`, run: () => removeSnapshot(snapshotLab(session), found) }],
    session.taskOptions,
  )
  return EXIT.ok
}

/** In the time of whoever reads it. */
function timeOfSnapshot({ at }: Snapshot): string {
  return new Date(at).toLocaleString('sv-SE')
}

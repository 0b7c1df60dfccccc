import { runChecks } from '../../checks/index.ts'
import { readOpenDrill } from '../../drills/rehearsal/open-drill.ts'
import { EXIT, Interrupted, UserError } from '../../errors.ts'
import { type DrawnFault, drawFaults, planFaults } from '../../exam/draw.ts'
import { EXAM_FAULTS } from '../../exam/faults/index.ts'
import { inflictFaults } from '../../exam/inflict.ts'
import { writeRows } from '../../exam/rows.ts'
import { findingOf } from '../../exam/score.ts'
import { type OpenExam, sealExam } from '../../exam/seal.ts'
import { askServers, requirePrimary } from '../../observe/servers.ts'
import { runTasks, type Task } from '../../tasks/index.ts'
import { askUntil } from '../../tools/process/ask-until.ts'
import { type Session, verifyIsUp, verifyOwnsMachines } from '../shared/session.ts'
import { FailedFindings, verifyCluster } from '../steps/verify.ts'
import { showFindings } from '../verify.ts'
import type { ExamSpeech } from './speech.ts'
import { showExam } from './status.ts'
import { castWith, openExam, placeOfExam, silentGuest, wasCutOff } from './under-way.ts'
import { type ExamWish, wordsOf } from './wish.ts'

const NOT_WELL = 'An exam begins from a lab that is well. Repair this first: npx create-pg-lab up'

/** `create-pg-lab exam --seed 7`: from the green lab to the broken one. One that was cut off goes on. */
export async function begin(session: Session, wish: ExamWish, speech: ExamSpeech): Promise<number> {
  const { context, directory, lab } = session
  verifyOwnsMachines(lab.provider)
  verifyIsUp(session)
  verifyNoDrill(directory)
  const cutOff = cutOffExam(session, wish)
  const tasks = cutOff ? [goOn(session, cutOff)] : [verifyCluster(session), setExam(session, wish)]
  try {
    await runTasks(tasks, { ...session.taskOptions, ...(speech.isJson ? { out: context.stderr } : {}) })
  } catch (error) {
    if (error instanceof Interrupted) throw new Interrupted(error.signal, wayOn(session, wish))
    if (!(error instanceof FailedFindings)) throw error
    context.stderr.write(`${showFindings(error.findings, context.paint)}\n`)
    context.stderr.write(`\n${NOT_WELL}\n`)
    return EXIT.failedFindings
  }
  return showExam(session, speech)
}

/** @throws UserError while a drill is open: it has broken something itself */
function verifyNoDrill(directory: string): void {
  const open = readOpenDrill(directory)
  if (!open) return
  throw new UserError(`The drill ${open.drill} has not ended`, {
    hint: 'repair the lab first: npx create-pg-lab drill repair',
  })
}

/** @throws UserError when one is under way, or another one was cut off */
function cutOffExam(session: Session, wish: ExamWish): OpenExam | undefined {
  const open = openExam(session)
  if (!open) return undefined
  const { state } = open
  if (state.startedMs !== undefined) {
    throw new UserError(`An exam is under way: seed ${state.seed}`, {
      hint: 'see it: npx create-pg-lab exam status; or end it: npx create-pg-lab exam submit --repair',
    })
  }
  const isSame = (['seed', 'count', 'minutes'] as const).every((part) => state[part] === wish[part])
  if (!isSame) throw wasCutOff(state)
  return state
}

function wayOn(session: Session, wish: ExamWish): readonly string[] {
  if (openExam(session) === undefined) return ['Nothing was broken.']
  return [
    'The exam is not set yet, and some of it is broken.',
    `Go on    npx create-pg-lab ${wordsOf(wish)}`,
    'Repair   npx create-pg-lab exam submit --repair',
  ]
}

const PREPARE = 'Prepare the exam'

/** Draws it, and writes what must not be lost; then breaks. */
function setExam(session: Session, wish: ExamWish): Task {
  return {
    title: PREPARE,
    run: async () => {
      const { lab } = session
      const guest = silentGuest(session)
      const primary = requirePrimary(await askServers(lab, guest), 'to set an exam on')
      const planned = planFaults(EXAM_FAULTS, castWith(lab, primary.name))
      const drawn = drawFaults(wish.seed, wish.count, planned)
      if (drawn.length < wish.count) throw tooMany(wish.count)
      const rows = await writeRows(lab, primary, guest)
      const state: OpenExam = {
        ...wish,
        primary: primary.name,
        drawn: drawn.map(({ id }) => id),
        begun: 0,
        startedMs: undefined,
        rows,
        hints: {},
      }
      sealExam(placeOfExam(session), state)
      return breakLab(session, state)
    },
  }
}

function tooMany(count: number): UserError {
  return new UserError(`This lab cannot have ${count} faults at once that go together`, {
    hint: `ask for fewer: npx create-pg-lab exam --seed 7 --faults ${count - 1}`,
  })
}

function goOn(session: Session, state: OpenExam): Task {
  return { title: PREPARE, run: () => breakLab(session, state) }
}

/** Which is being done is sealed before it is; the one that was cut off is done again. */
async function breakLab(session: Session, state: OpenExam): Promise<string> {
  const guest = silentGuest(session)
  const place = placeOfExam(session)
  const open = openExam(session)
  if (!open) throw new Error('the exam that was just sealed is gone')
  const { faults, cast } = open
  await inflictFaults(faults, state.begun, guest, (begun) => sealExam(place, { ...state, begun }))
  // So that whoever keeps the wrong one of two servers, or an old state, has lost something.
  const rows = [...state.rows, ...(await writeRows(cast.lab, cast.primary, guest))]
  await verifyShow(session, faults)
  sealExam(place, { ...state, begun: faults.length, rows, startedMs: Date.now() })
  return `${faults.length}`
}

/** What breaks a connection takes a moment until it shows. */
const SHOWS_WITHIN_MS = 120_000

/** @throws Error when `verify` does not name one: nobody could be graded by it */
async function verifyShow(session: Session, faults: readonly DrawnFault[]): Promise<void> {
  const { lab } = session
  const guest = silentGuest(session)
  const hidden = async () => {
    const findings = await runChecks(lab, guest)
    return faults.filter(({ finding }) => findingOf(findings, finding)?.ok !== false)
  }
  const left = await askUntil(hidden, (faultsLeft) => faultsLeft.length === 0, {
    everyMs: 2_000,
    withinMs: SHOWS_WITHIN_MS,
  })
  if (left.length > 0) throw new Error(`verify does not name ${left.length} of the faults`)
}

import { runChecks } from '../../checks/index.ts'
import { EXIT, programFailed } from '../../errors.ts'
import type { DrawnFault } from '../../exam/draw.ts'
import type { RemedyStep } from '../../exam/exam-fault.ts'
import { deleteRows } from '../../exam/rows.ts'
import { isRepaired } from '../../exam/score.ts'
import { forgetExam } from '../../exam/seal.ts'
import { runTasks, type Task } from '../../tasks/index.ts'
import { enveloped } from '../shared/envelope.ts'
import { type Session, verifyIsUp } from '../shared/session.ts'
import { FailedFindings, untilGreen } from '../steps/verify.ts'
import { showFindings } from '../verify.ts'
import { lookAtExam, resultForMachines } from './outcome.ts'
import { showResult } from './result.ts'
import type { ExamSpeech } from './speech.ts'
import { openExam, placeOfExam, silentGuest, type UnderWay } from './under-way.ts'

/** After the remedies: Barman's cron runs once a minute. */
const GREEN_WITHIN_MS = 180_000

/** `create-pg-lab exam submit`: ends the exam, and tells all. */
export async function submit(session: Session, repairs: boolean, speech: ExamSpeech): Promise<number> {
  verifyIsUp(session)
  const open = openExam(session)
  if (open && open.state.startedMs === undefined && repairs) return takeBack(session, open)
  const result = await lookAtExam(session)
  const place = placeOfExam(session)
  forgetExam(place)
  const { context, lab } = session
  if (speech.isJson) context.print(enveloped('exam', lab.name, resultForMachines(result, speech)))
  else context.print(showResult(result, speech.language, context.paint))
  const left = result.faults.filter(({ finding }) => !isRepaired(result.findings, finding))
  if (repairs && left.length > 0) return repair(session, left, speech)
  return left.length === 0 ? EXIT.ok : EXIT.failedFindings
}

/** An exam that was cut off while it was being set is no exam: what was begun is repaired. */
async function takeBack(session: Session, { state, cast, faults }: UnderWay): Promise<number> {
  const code = await repair(session, faults.slice(0, state.begun), { language: 'en', isJson: false })
  await deleteRows(session.lab, cast.primary, state.rows, silentGuest(session))
  forgetExam(placeOfExam(session))
  return code
}

/** Types the known remedies, and looks whether all is well then. */
async function repair(
  session: Session,
  faults: readonly DrawnFault[],
  { isJson }: ExamSpeech,
): Promise<number> {
  const { context, lab, guest } = session
  const steps = remediesOf(faults)
  const tasks: readonly Task[] = [
    ...steps.map((step) => ({
      title: step.on ? `${step.on.name}: ${step.type}` : step.type,
      run: () => carryOutRemedy(session, step),
    })),
    {
      title: 'Verify',
      run: ({ note }) => untilGreen(() => runChecks(lab, guest), { withinMs: GREEN_WITHIN_MS, note }),
    },
  ]
  try {
    await runTasks(tasks, { ...session.taskOptions, ...(isJson ? { out: context.stderr } : {}) })
    return EXIT.ok
  } catch (error) {
    if (!(error instanceof FailedFindings)) throw error
    context.stderr.write(`\n${showFindings(error.findings, context.paint)}\n`)
    return EXIT.failedFindings
  }
}

/** The playbook need not run once for each of them. */
function remediesOf(faults: readonly DrawnFault[]): readonly RemedyStep[] {
  const steps = faults.flatMap(({ remedy }) => remedy)
  const isFirst = (step: RemedyStep, at: number) =>
    steps.findIndex(({ on, type }) => on?.name === step.on?.name && type === step.type) === at
  return steps.filter(isFirst)
}

/** As a person would: our own commands as programs of their own, in the lab's folder. */
async function carryOutRemedy(
  { context, directory, guest }: Session,
  { on, type }: RemedyStep,
): Promise<string> {
  if (!on) {
    const [, , ...words] = type.split(' ')
    const file = process.argv[1] ?? ''
    const args = [file, ...words]
    const output = await context.run({ file: process.execPath, args, cwd: directory, expectExit: 'any' })
    // `up` verifies, and what the next step repairs may still be there.
    if (output.exitCode > EXIT.failedFindings) throw programFailed(`${type} failed`, type, output)
    return 'done'
  }
  const output = await guest.shell(on, ['sh', '-c', type], { timeoutMs: 300_000 })
  if (output.exitCode !== 0) throw programFailed(`${on.name}: the remedy failed`, type, output)
  return 'done'
}

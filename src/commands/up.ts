import type { ProviderName } from '../catalog/names.ts'
import { PROVIDERS } from '../catalog/providers/index.ts'
import { EXIT } from '../errors.ts'
import { type AppliedFiles, appliedFiles } from '../generate/applied-files.ts'
import type { WriteResult } from '../generate/write/write.ts'
import { type Applying, decideToApply } from '../plan/nothing-to-apply.ts'
import type { PlanSurvey } from '../plan/survey.ts'
import { countChecks } from '../show-findings.ts'
import { runTasks, type Task } from '../tasks/index.ts'
import type { Context } from './shared/context.ts'
import { prepareComputer } from './shared/prepare-computer.ts'
import { openSession, type Session } from './shared/session.ts'
import { authorityFile, writeConnections } from './shared/write-connections.ts'
import { writeFiles } from './steps/files.ts'
import { getBox } from './steps/get-box.ts'
import { bringUpNetworks, buildNodeImage, resize, startAllMachines } from './steps/machines.ts'
import { verifyAndMark } from './steps/marks.ts'
import { provisionMachines, type Recap } from './steps/provision.ts'
import {
  type Agreement,
  agreeOnRemovals,
  askTheSilent,
  type Consent,
  deleteFirst,
  dropRenamedSlots,
  partWithGone,
} from './steps/removal.ts'
import { agreesToTakeOver, lookAgain, lookAtLab, verifyFeasible } from './steps/survey.ts'
import { showClosing } from './steps/up-summary.ts'
import { FailedFindings, verifyCluster } from './steps/verify.ts'
import { showFindings } from './verify.ts'

interface UpOptions {
  readonly install?: true
  readonly provider?: ProviderName | 'auto'
  readonly yes?: true
  readonly delete?: string
  readonly takeOver?: string
  readonly fresh?: true
}

/** `create-pg-lab up`: from the config to a verified cluster. Run again, it continues or confirms. */
export async function up(context: Context, options: UpOptions): Promise<number> {
  const { install, provider, yes, takeOver } = options
  const startMs = Date.now()
  const session = await openSession(context, provider)
  const allowed = {
    install: install === true,
    consent: { yes: yes === true, named: options.delete?.split(',') ?? [] },
    takesOver: agreesToTakeOver(session, takeOver),
    isFresh: options.fresh === true,
  }
  try {
    const { left, ...done } = await bringUp(session, allowed)
    context.print(
      showClosing(
        session.lab,
        {
          ...done,
          durationMs: Date.now() - startMs,
          connections: writeConnections(session),
          authority: authorityFile(session.directory),
        },
        context.paint,
      ),
    )
    for (const sentence of left) context.print(`  ${context.paint('yellow', '!')} ${sentence}`)
    return EXIT.ok
  } catch (error) {
    if (!(error instanceof FailedFindings)) throw error
    context.print(`\n${showFindings(error.findings, context.paint)}`)
    return EXIT.failedFindings
  }
}

interface BroughtUp {
  readonly recap: Recap
  readonly applying: Applying
  /** What is said at the end of machines nobody agreed to delete. */
  readonly left: readonly string[]
}

/** What the user has agreed to by flags. */
interface Allowed {
  readonly install: boolean
  readonly consent: Consent
  readonly takesOver: boolean
  readonly isFresh: boolean
}

async function bringUp(
  session: Session,
  { install, consent, takesOver, isFresh }: Allowed,
): Promise<BroughtUp> {
  const { context, host, lab, choice, logs, taskOptions } = session
  const scope = { provider: lab.provider, lab, directory: session.directory }
  const computer = { context, host, scope, logFolder: logs.folder, taskOptions }
  const [before] = await Promise.all([
    lookAtLab(session, { takesOver, asksHosts: true }),
    prepareComputer(computer, {
      isAllowed: install,
      summary: `${PROVIDERS[lab.provider].title}: ${choice.reason}`,
    }),
  ])
  verifyFeasible(session, before)
  const seen = await askTheSilent(session, before, consent)
  const agreement = await agreeOnRemovals(session, seen, consent)
  const files = await prepareMachines(session, seen, { agreement, isFresh })
  const applied = await appliedFiles(session.directory)
  const known = { seen, files, applied, nowMs: Date.now() }
  const decided = await onlyVerify(session, decideToApply(lab, known))
  if (!('why' in decided)) return { recap: {}, applying: decided, left: agreement.left }
  const recap = await apply(session, seen, { agreement, takesOver, applied })
  return { recap, applying: decided, left: agreement.left }
}

/** All that comes before Ansible. @returns what was written */
async function prepareMachines(
  session: Session,
  seen: PlanSurvey,
  { agreement, isFresh }: { readonly agreement: Agreement; readonly isFresh: boolean },
): Promise<WriteResult> {
  const written = writeFiles(session)
  const tasks = [
    ...deleteFirst(session, agreement),
    written,
    buildNodeImage(session, isFresh),
    ...getBox(session),
    ...resize(session, seen),
    startAllMachines(session),
    ...bringUpNetworks(session, seen),
    ...lookAgain(session, seen),
  ]
  await runTasks(tasks, session.taskOptions)
  return written.value
}

/**
 * Where the servers hold what the last run applied, the checks are all there is to do.
 * @returns why Ansible has to run all the same, when a check finds what the marks do not show
 */
async function onlyVerify(session: Session, applying: Applying): Promise<Applying> {
  if ('why' in applying) return applying
  const { context, taskOptions } = session
  try {
    const provision: Task = { title: 'Provision', skip: () => 'nothing to apply' }
    await runTasks([provision, verifyCluster(session)], taskOptions)
    return applying
  } catch (error) {
    if (!(error instanceof FailedFindings)) throw error
    const number = error.findings.filter(({ ok }) => !ok).length
    const why = `${number} of ${countChecks(error.findings.length)} failed`
    context.print(`  ${context.paint('yellow', '!')} ${why}: Ansible runs after all`)
    return { why }
  }
}

async function apply(
  session: Session,
  seen: PlanSurvey,
  {
    agreement,
    takesOver,
    applied,
  }: {
    readonly agreement: Agreement
    readonly takesOver: boolean
    readonly applied: AppliedFiles | undefined
  },
): Promise<Recap> {
  const provision = provisionMachines(session, takesOver ? { postgres_take_over: true } : undefined)
  const tasks = [
    provision,
    ...dropRenamedSlots(session, seen),
    ...partWithGone(session, agreement),
    verifyAndMark(session, applied),
  ]
  await runTasks(tasks, session.taskOptions)
  return provision.value
}

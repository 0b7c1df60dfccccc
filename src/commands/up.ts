import type { ProviderName } from '../catalog/names.ts'
import { PROVIDERS } from '../catalog/providers/index.ts'
import { EXIT } from '../errors.ts'
import { runTasks } from '../tasks/index.ts'
import type { Context } from './shared/context.ts'
import { prepareComputer } from './shared/prepare-computer.ts'
import { openSession, type Session } from './shared/session.ts'
import { writeFiles } from './steps/files.ts'
import { bringUpNetworks, buildNodeImage, resize, startAllMachines } from './steps/machines.ts'
import { provisionMachines, type Recap } from './steps/provision.ts'
import {
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
    const { recap, left } = await bringUp(session, allowed)
    context.print(showClosing(session.lab, { recap, durationMs: Date.now() - startMs }, context.paint))
    for (const sentence of left) context.print(`  ${context.paint('yellow', '!')} ${sentence}`)
    return EXIT.ok
  } catch (error) {
    if (!(error instanceof FailedFindings)) throw error
    context.print(`\n${showFindings(error.findings, context.paint)}`)
    return EXIT.failedFindings
  }
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
): Promise<{ readonly recap: Recap; readonly left: readonly string[] }> {
  const { context, host, lab, choice, logs, taskOptions } = session
  const scope = { provider: lab.provider, lab, directory: session.directory }
  const computer = { context, host, scope, logFolder: logs.folder, taskOptions }
  const [before] = await Promise.all([
    lookAtLab(session, takesOver),
    prepareComputer(computer, {
      isAllowed: install,
      summary: `${PROVIDERS[lab.provider].title}: ${choice.reason}`,
    }),
  ])
  verifyFeasible(session, before)
  const seen = await askTheSilent(session, before, consent)
  const agreement = await agreeOnRemovals(session, seen, consent)
  const provision = provisionMachines(session, takesOver ? { postgres_take_over: true } : undefined)
  const tasks = [
    ...deleteFirst(session, agreement),
    writeFiles(session),
    buildNodeImage(session, isFresh),
    ...resize(session, seen),
    startAllMachines(session),
    ...bringUpNetworks(session, seen),
    ...lookAgain(session, seen),
    provision,
    ...dropRenamedSlots(session, seen),
    ...partWithGone(session, agreement),
    verifyCluster(session),
  ]
  await runTasks(tasks, taskOptions)
  return { recap: await provision.value, left: agreement.left }
}

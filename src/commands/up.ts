import type { ProviderName } from '../catalog/contracts.ts'
import { PROVIDERS } from '../catalog/providers.ts'
import { EXIT, Interrupted } from '../errors.ts'
import { nodesOf } from '../lab.ts'
import { runTasks } from '../tasks.ts'
import { machinesIn } from '../tools/doctor/index.ts'
import { showClosing } from './closing.ts'
import type { Context } from './command.ts'
import { prepareComputer } from './computer.ts'
import { openSession, type Session } from './session.ts'
import { writeFiles } from './steps/files.ts'
import { buildNodeImage, startMachines } from './steps/machines.ts'
import { provisionMachines, type Recap } from './steps/provision.ts'
import { FailedFindings, verifyCluster } from './steps/verify.ts'
import { showFindings } from './verify.ts'

interface UpOptions {
  readonly install?: true
  readonly provider?: ProviderName | 'auto'
}

/** `pg-lab up`: from the config to a verified cluster. Run again, it continues or confirms. */
export async function up(context: Context, { install, provider }: UpOptions): Promise<number> {
  const startMs = Date.now()
  const session = await openSession(context, provider)
  try {
    const recap = await bringUp(session, install === true)
    context.print(showClosing(session.lab, { recap, durationMs: Date.now() - startMs }, context.paint))
    return EXIT.ok
  } catch (error) {
    if (error instanceof Interrupted) throw new Interrupted(error.signal, leftBehind(session))
    if (!(error instanceof FailedFindings)) throw error
    context.print(`\n${showFindings(error.findings, context.paint)}`)
    return EXIT.failedFindings
  }
}

async function bringUp(session: Session, isInstallAllowed: boolean): Promise<Recap> {
  const { context, host, lab, choice, logs, taskOptions } = session
  const scope = { provider: lab.provider, lab }
  const computer = { context, host, scope, logFolder: logs.folder, taskOptions }
  await prepareComputer(computer, {
    isAllowed: isInstallAllowed,
    summary: `${PROVIDERS[lab.provider].title}: ${choice.reason}`,
  })
  let recap: Recap = {}
  const tasks = [
    writeFiles(session),
    buildNodeImage(session),
    startMachines(session),
    provisionMachines(session, (counts) => {
      recap = counts
    }),
    verifyCluster(session),
  ]
  await runTasks(tasks, taskOptions)
  return recap
}

function leftBehind({ directory, lab }: Session): readonly string[] {
  const made = machinesIn(directory).map(({ name }) => name)
  const names = nodesOf(lab).flatMap(({ name }) => (made.includes(name) ? [name] : []))
  if (names.length === 0) return ['Left     no machine']
  return [`Left     the machines ${names.join(', ')}`, 'Delete   npx pg-lab destroy']
}

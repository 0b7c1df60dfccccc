import { EXIT } from '../errors.ts'
import { runTasks } from '../tasks/index.ts'
import type { Context } from './shared/context.ts'
import { openSession, verifyHasMachines } from './shared/session.ts'
import { writeFiles } from './steps/files.ts'
import { startAllMachines } from './steps/machines.ts'
import { provisionMachines, showRecap } from './steps/provision.ts'
import { lookAtLab, verifyFeasible } from './steps/survey.ts'

/** `create-pg-lab provision`: the playbook once more, on machines that are there. */
export async function provision(context: Context): Promise<number> {
  const session = await openSession(context)
  verifyHasMachines(session)
  verifyFeasible(session, await lookAtLab(session))
  const playbook = provisionMachines(session)
  await runTasks([writeFiles(session), startAllMachines(session), playbook], session.taskOptions)
  context.print(`\n${showRecap(await playbook.value, session.lab)}`)
  return EXIT.ok
}

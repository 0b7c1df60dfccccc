import { EXIT } from '../errors.ts'
import { runTasks } from '../tasks/index.ts'
import type { Context } from './shared/context.ts'
import { openSession, verifyHasMachines, verifyOwnsMachines } from './shared/session.ts'

/** `create-pg-lab halt`: stops every machine; nothing on them is lost. */
export async function halt(context: Context): Promise<number> {
  const session = await openSession(context)
  verifyOwnsMachines(session.lab.provider)
  verifyHasMachines(session)
  await runTasks([{ title: 'Stop the machines', run: () => session.vagrant.halt() }], session.taskOptions)
  context.print('\nContinue later with: npx create-pg-lab up')
  return EXIT.ok
}

import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { machinesIn } from '../doctor/index.ts'
import { EXIT, UserError } from '../errors.ts'
import { nodesOf } from '../lab.ts'
import { LAB_FILES } from '../lab-files.ts'
import { withGoneMachines } from '../operations/remove-machines.ts'
import { runTasks } from '../tasks/index.ts'
import { type Context, canAsk } from './shared/context.ts'
import { ask } from './shared/prompts.ts'
import { openSession, readConfig, type Session, verifyOwnsMachines } from './shared/session.ts'

/** `create-pg-lab destroy`: deletes the machines, with their databases and backups. The lab's files stay. */
export async function destroy(context: Context, { yes }: { readonly yes?: true }): Promise<number> {
  if (!yes && !canAsk(context)) {
    throw new UserError(
      'destroy deletes the machines with all that is on them, and there is no terminal to ask on',
      {
        hint: 'confirm with --yes: npx create-pg-lab destroy --yes',
      },
    )
  }
  const { config, directory } = await readConfig(context)
  const machines = machinesIn(directory)
  const [machine] = machines
  if (!machine) {
    verifyOwnsMachines(config.provider)
    context.print('There are no machines: nothing to destroy.')
    return EXIT.ok
  }
  // Whatever provider the config asks for now: it is these machines that go.
  const session = await openSession(context, machine.provider)
  const names = machines.map(({ name }) => name)
  const question = `Delete ${names.join(', ')} with their databases and backups?`
  if (!yes && !(await ask(question))) {
    context.print('Nothing was deleted.')
    return EXIT.ok
  }
  await runTasks([{ title: 'Delete the machines', run: () => deleteMachines(session) }], session.taskOptions)
  return EXIT.ok
}

/** Vagrant deletes what the Vagrantfile defines; machines that the config has lost are ours to remember. */
async function deleteMachines(session: Session): Promise<void> {
  const { context, directory, lab, logs, vagrant } = session
  const known = nodesOf(lab).map(({ name }) => name)
  const gone = machinesIn(directory).flatMap(({ name }) => (known.includes(name) ? [] : [name]))
  const place = { directory, lab, run: context.run, logFile: logs.file('vagrant') }
  if (gone.length === 0) await vagrant.destroy()
  else await withGoneMachines(place, gone, (both) => both.destroy())
  for (const file of [LAB_FILES.sshConfig.path, LAB_FILES.knownHosts.path])
    rmSync(join(directory, file), { force: true })
}

import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { machinesIn } from '../doctor/index.ts'
import { EXIT, UserError } from '../errors.ts'
import { forgetExam } from '../exam/seal.ts'
import { nodesOf } from '../lab.ts'
import { LAB_FILES } from '../lab-files.ts'
import { withGoneMachines } from '../operations/remove-machines.ts'
import { removeSnapshot, sweepSnapshots } from '../operations/snapshot/index.ts'
import { readSnapshots } from '../operations/snapshot/record.ts'
import { runTasks, type Task } from '../tasks/index.ts'
import { type Context, canAsk } from './shared/context.ts'
import { ask } from './shared/prompts.ts'
import { openSession, readConfig, type Session, verifyOwnsMachines } from './shared/session.ts'
import { snapshotLab } from './snapshot.ts'

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
  const snapshots = readSnapshots(directory)
  const provider = machines[0]?.provider ?? snapshots[0]?.provider
  if (provider === undefined) {
    verifyOwnsMachines(config.provider)
    context.print('There are no machines: nothing to destroy.')
    return EXIT.ok
  }
  // Whatever provider the config asks for now: it is these machines that go.
  const session = await openSession(context, provider)
  const kept = snapshots.map(({ name }) => name)
  const question = questionFor(
    machines.map(({ name }) => name),
    kept,
  )
  if (!yes && !(await ask(question))) {
    context.print('Nothing was deleted.')
    return EXIT.ok
  }
  const deleteSnapshots: Task = {
    title: `Delete the snapshots ${kept.join(', ')}`,
    run: async () => {
      for (const one of snapshots) await removeSnapshot(snapshotLab(session), one)
    },
  }
  await runTasks(
    [
      ...(kept.length > 0 ? [deleteSnapshots] : []), // before the machines: Vagrant knows them by these
      ...(machines.length > 0 ? [{ title: 'Delete the machines', run: () => deleteMachines(session) }] : []),
    ],
    session.taskOptions,
  )
  forgetExam({ directory, env: context.env }) // of machines that are gone
  return EXIT.ok
}

function questionFor(machines: readonly string[], snapshots: readonly string[]): string {
  const kept = snapshots.length === 0 ? '' : `the snapshots ${snapshots.join(', ')}`
  if (machines.length === 0) return `Delete ${kept}?`
  return `Delete ${machines.join(', ')} with their databases and backups${kept === '' ? '' : `, and ${kept}`}?`
}

/** Vagrant deletes what the Vagrantfile defines; machines that the config has lost are ours to remember. */
async function deleteMachines(session: Session): Promise<void> {
  const { context, directory, lab, logs, vagrant } = session
  const known = nodesOf(lab).map(({ name }) => name)
  const gone = machinesIn(directory).flatMap(({ name }) => (known.includes(name) ? [] : [name]))
  const place = { directory, lab, run: context.run, logFile: logs.file('vagrant') }
  if (gone.length === 0) await vagrant.destroy()
  else await withGoneMachines(place, gone, (both) => both.destroy())
  await sweepSnapshots(snapshotLab(session))
  for (const file of [LAB_FILES.sshConfig.path, LAB_FILES.knownHosts.path])
    rmSync(join(directory, file), { force: true })
}

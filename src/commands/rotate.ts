import { chooseFrom } from '../config/closest.ts'
import { EXIT, UserError } from '../errors.ts'
import type { Lab } from '../lab.ts'
import { LAB_FILES } from '../lab-files.ts'
import { makePasswords, provePasswords } from '../operations/rotate-passwords.ts'
import { usersOf } from '../passwords.ts'
import { runTasks, type Task } from '../tasks/index.ts'
import type { Context } from './shared/context.ts'
import { openSession, type Session, verifyIsUp } from './shared/session.ts'
import { writeConnections } from './shared/write-connections.ts'
import { writeFiles } from './steps/files.ts'
import { startAllMachines } from './steps/machines.ts'
import { provisionMachines, showRecap } from './steps/provision.ts'
import { lookAtLab, verifyFeasible } from './steps/survey.ts'
import { FailedFindings, verifyCluster } from './steps/verify.ts'
import { showFindings } from './verify.ts'

/** `create-pg-lab rotate [user…]`: new passwords, on this computer and on the servers, proved by logging in with them. */
export async function rotate(context: Context, _options: object, names: readonly string[]): Promise<number> {
  const session = await openSession(context)
  const users = chosenUsers(session.lab, names)
  verifyIsUp(session)
  verifyFeasible(session, await lookAtLab(session))
  const provision = provisionMachines(session)
  const tasks = [
    writeFiles(session),
    startAllMachines(session),
    makeNew(session, users),
    provision,
    prove(session, users),
    verifyCluster(session),
  ]
  try {
    await runTasks(tasks, session.taskOptions)
  } catch (error) {
    if (!(error instanceof FailedFindings)) throw error
    context.print(`\n${showFindings(error.findings, context.paint)}`)
    return EXIT.failedFindings
  }
  writeConnections(session)
  context.print(
    `\n${context.paint('green', '✔')} New passwords: ${users.join(', ')}. They are in ${LAB_FILES.secrets.path}/`,
  )
  context.print(`\n  Ansible: ${showRecap(await provision.value, session.lab)}`)
  return EXIT.ok
}

/** @throws UserError when one of them is no user of the lab */
function chosenUsers(lab: Lab, names: readonly string[]): readonly string[] {
  const known = usersOf(lab)
  const unknown = names.filter((name) => !known.includes(name))
  if (unknown.length > 0) {
    throw new UserError(`There is no password of ${unknown.join(', ')}`, {
      hint: chooseFrom(unknown[0] ?? '', known),
    })
  }
  return names.length === 0 ? known : names
}

function makeNew({ directory }: Session, users: readonly string[]): Task {
  return {
    title: 'Make new passwords',
    run: async () => {
      makePasswords(directory, users)
      return `the old ones are in ${LAB_FILES.formerSecrets.path} until the servers have the new ones`
    },
  }
}

function prove({ directory, lab, guest }: Session, users: readonly string[]): Task {
  return {
    title: 'Log in with the new passwords',
    run: () => provePasswords({ lab, guest, directory }, users),
  }
}

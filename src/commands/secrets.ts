import { existsSync } from 'node:fs'
import { chooseFrom } from '../config/closest.ts'
import { EXIT, UserError } from '../errors.ts'
import { LAB_FILES } from '../lab-files.ts'
import { passwordFile, passwordOf, usersOf } from '../passwords.ts'
import type { Context } from './shared/context.ts'
import { enveloped } from './shared/envelope.ts'
import { openSession } from './shared/session.ts'

/** `create-pg-lab secrets`: who has a password, and where it is. `create-pg-lab secrets show <user>`: the password, for `$(…)`. */
export async function secrets(
  context: Context,
  { json }: { readonly json?: true },
  verb: 'show' | undefined,
  user: string | undefined,
): Promise<number> {
  const { directory, lab } = await openSession(context)
  const users = usersOf(lab)
  if (json) {
    const named = users.map((user) => ({ user, ...fileOf(directory, user) }))
    context.print(enveloped('secrets', lab.name, { users: named }))
    return EXIT.ok
  }
  if (verb === undefined) {
    for (const name of users) context.print(`${name}\t${whereIs(directory, name)}`)
    return EXIT.ok
  }
  if (user === undefined || !users.includes(user)) {
    const message = user === undefined ? 'Whose password should be shown?' : `There is no password of ${user}`
    throw new UserError(message, { hint: chooseFrom(user ?? '', users) })
  }
  if (!existsSync(passwordFile(directory, user))) {
    throw new UserError(`${user} has no password yet: the first run of the playbook makes it`, {
      hint: 'bring the lab up: npx create-pg-lab up',
    })
  }
  context.print(passwordOf(directory, user))
  return EXIT.ok
}

/** The names alone: a password is shown to who asks for it by name. */
function fileOf(directory: string, user: string) {
  return { file: `${LAB_FILES.secrets.path}/${user}`, exists: existsSync(passwordFile(directory, user)) }
}

function whereIs(directory: string, user: string): string {
  return existsSync(passwordFile(directory, user))
    ? `${LAB_FILES.secrets.path}/${user}`
    : 'made by the first run of the playbook'
}

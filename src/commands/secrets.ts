import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { EXIT, UserError } from '../errors.ts'
import { usersOf } from '../lab.ts'
import { passwordOf, SECRETS } from '../operations/rotate-passwords.ts'
import type { Context } from './shared/context.ts'
import { openSession } from './shared/session.ts'

/** `create-pg-lab secrets`: who has a password, and where it is. `create-pg-lab secrets show <user>`: the password, for `$(…)`. */
export async function secrets(
  context: Context,
  _options: object,
  verb: 'show' | undefined,
  user: string | undefined,
): Promise<number> {
  const { directory, lab } = await openSession(context)
  const users = usersOf(lab)
  if (verb === undefined) {
    for (const name of users) context.print(`${name}\t${whereIs(directory, name)}`)
    return EXIT.ok
  }
  if (user === undefined || !users.includes(user)) {
    const message = user === undefined ? 'Whose password should be shown?' : `There is no password of ${user}`
    throw new UserError(message, { hint: `choose from ${users.join(', ')}` })
  }
  if (!existsSync(join(directory, SECRETS, user))) {
    throw new UserError(`${user} has no password yet: the first run of the playbook makes it`, {
      hint: 'bring the lab up: npx create-pg-lab up',
    })
  }
  context.print(passwordOf(directory, user))
  return EXIT.ok
}

function whereIs(directory: string, user: string): string {
  return existsSync(join(directory, SECRETS, user))
    ? `${SECRETS}/${user}`
    : 'made by the first run of the playbook'
}

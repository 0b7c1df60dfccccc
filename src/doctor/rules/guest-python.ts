import { join } from 'node:path'
import type { Lab } from '../../lab.ts'
import type { Host } from '../host.ts'
import type { Sighting } from '../rule.ts'
import { isAtLeast } from '../version.ts'

/**
 * The oldest Python that this computer's Ansible runs its modules on: it stands in the code that it sends to the
 * machines. 2.14 has `_PY3_MIN = sys.version_info >= (3, 5)`, later ones `_PY_MIN = (3, 8)`.
 * @returns `undefined` where it cannot be told
 */
async function oldestPython(host: Host): Promise<string | undefined> {
  const { stdout = '' } = (await host.ask('ansible-playbook', ['--version'])) ?? {}
  const [, folder] = /ansible python module location = (.+)/.exec(stdout) ?? []
  const code = folder && host.read(join(folder, 'module_utils', 'basic.py'))
  const [, major, minor] = /^_PY3?_MIN = .*?\((\d+), (\d+)\)/m.exec(code ?? '') ?? []
  return major && `${major}.${minor}`
}

/**
 * Each ansible-core gives up old Pythons on the machines, and then none of its modules runs there.
 * @param core version of this computer's ansible-core
 * @returns the problem, or `undefined` where the lab's system is new enough or nobody can tell
 */
export async function guestPythonTooOld(
  host: Host,
  { os: { title, python, playsAnsible } }: Lab,
  core: string,
): Promise<Sighting | undefined> {
  const oldest = await oldestPython(host)
  if (!oldest || isAtLeast(python, oldest)) return undefined
  const byGuest = playsAnsible ? "set runner to 'guest'" : 'set os to a newer system'
  return {
    ok: false,
    seen: core,
    cause: `it wants Python ${oldest} or newer on the machines, and ${title} has ${python}`,
    remedy: `${byGuest} in cluster.config.ts, or install an older ansible-core`,
  }
}

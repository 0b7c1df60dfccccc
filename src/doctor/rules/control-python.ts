import { asRoot } from '../packages.ts'
import type { Rule } from '../rule.ts'

/** Of Ansible's own Python: `python version = 3.11.2 (main, …) [GCC 12.2.0] (/usr/bin/python3)`. */
const INTERPRETER = /python version = .*\((\/[^()]+)\)\s*$/m

/**
 * What the playbook needs of the Python that Ansible runs with on this computer: the authority of the lab makes its
 * certificates with `cryptography`, and a run would end there, minutes after it began.
 */
export const controlPython: Rule = {
  id: 'control-python',
  title: "Ansible's Python",
  applies: ({ lab }, { platform }) =>
    lab?.postgres.tls === true && lab.runner !== 'guest' && platform.system !== 'win32',
  async look(host) {
    const { stdout = '' } = (await host.ask('ansible-playbook', ['--version'])) ?? {}
    const [, python] = INTERPRETER.exec(stdout) ?? []
    if (python === undefined) return { ok: true, seen: 'not known' }
    const tried = await host.ask(python, ['-c', 'import cryptography'])
    if (tried === undefined) return { ok: true, seen: 'not known' }
    if (tried.exitCode === 0) return { ok: true, seen: 'has cryptography' }
    const isSystems = python.startsWith('/usr/bin/') && host.platform.manager === 'apt'
    return {
      ok: false,
      seen: 'has no cryptography',
      cause: `${python} lacks the module the lab's certificates are made with`,
      remedy: isSystems
        ? asRoot(['apt-get', 'install', 'python3-cryptography'], host.platform)
        : `${python} -m pip install cryptography`,
    }
  },
}

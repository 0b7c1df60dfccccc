import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { runPlaybook } from '../../../src/tools/ansible/ansible.ts'
import { type AnsibleEvent, parseEvent } from '../../../src/tools/ansible/events.ts'
import { hintFor } from '../../../src/tools/ansible/hints.ts'
import { createRunner } from '../../../src/tools/process/run.ts'
import { debian13AnsibleCore } from '../../support/ansible-core.ts'
import { commandError, folderWith } from '../helpers.ts'

const PLUGIN = readFileSync(
  join(import.meta.dirname, '../../../provisioning/support/callback_plugins/pg_lab_events.py'),
  'utf8',
)
const hasAnsible = spawnSync('ansible-playbook', ['--version']).status === 0

const FILES = {
  'ansible.cfg': '[defaults]\nretry_files_enabled = False\nroles_path = provisioning/roles\n',
  'provisioning/support/callback_plugins/pg_lab_events.py': PLUGIN,
  'provisioning/inventory.yml':
    'masters: {hosts: {master: {}}}\nslaves: {hosts: {slave: {}}}\nall: {vars: {ansible_connection: local, ansible_python_interpreter: /usr/bin/python3}}\n',
  'provisioning/roles/slave/tasks/main.yml':
    '- name: Clone\n  ansible.builtin.command: "true"\n  changed_when: false\n- ansible.builtin.import_tasks: more.yml\n',
  'provisioning/roles/slave/tasks/more.yml':
    '- name: Wait\n  ansible.builtin.command: "true"\n  changed_when: true\n',
  'provisioning/operations/follow.yml':
    '- hosts: slave\n  gather_facts: false\n  tasks:\n    - ansible.builtin.include_role: {name: slave, tasks_from: more}\n',
  'provisioning/more.yml': '- name: Go on\n  ansible.builtin.include_tasks: said.yml\n',
  'provisioning/said.yml':
    '- name: Say\n  vars: {tagged: !unsafe "{{ as it is }}"}\n  ansible.builtin.debug: {msg: "{{ inventory_hostname }}, {{ turn }}"}\n',
}

/** Runs a playbook against this computer, as two hosts. */
async function play(playbook: string, more: object = {}) {
  const directory = folderWith({ ...FILES, 'provisioning/site.yml': playbook })
  const events: AnsibleEvent[] = []
  const logFile = join(directory, '.pg-lab/logs/provision.log')
  const result = runPlaybook({
    directory,
    run: createRunner(),
    logFile,
    onEvent: (event) => events.push(event),
    ...more,
  })
  return { result, events, log: () => readFileSync(logFile, 'utf8') }
}

const PLAY = `
- hosts: all
  gather_facts: false
  tasks:
    - name: Install packages
      ansible.builtin.command: "true"
      changed_when: inventory_hostname == 'master'
    - name: Skip
      ansible.builtin.debug:
      when: false
    - block:
        - name: Try
          ansible.builtin.command: "false"
      rescue:
        - name: Rescue
          ansible.builtin.debug:
    - name: Ignore
      ansible.builtin.command: "false"
      ignore_errors: true
- hosts: slaves
  gather_facts: false
  strategy: free
  tasks:
    - ansible.builtin.include_role:
        name: slave
`

/** Counted at the first include, the file of the second is not loaded by Ansible yet. */
const INCLUDES = `
- hosts: slave
  gather_facts: false
  tasks:
    - name: First
      ansible.builtin.include_tasks: more.yml
      vars: {turn: first}
    - name: Second
      ansible.builtin.include_tasks: more.yml
      vars: {turn: second}
`

const FAILS = `
- hosts: all
  gather_facts: false
  tasks:
    - name: Install packages
      ansible.builtin.fail:
        msg: "E: Could not get lock /var/lib/dpkg/lock-frontend\\nheld by 42 \\e[31m"
      when: inventory_hostname == 'slave'
    - name: Set the password
      ansible.builtin.command: "sh -c 'echo s3cret; exit 1'"
      no_log: true
`

/** The computer's own, and one of today: its public names, its trust in templates. */
const CORES = [
  { core: "this computer's Ansible", env: (): Readonly<Record<string, string>> => ({}) },
  { core: "Debian 13's Ansible", env: debian13AnsibleCore },
]

describe.runIf(hasAnsible).each(CORES)('by $core a playbook', { timeout: 60_000 }, ({ env }) => {
  beforeAll(() => {
    for (const [name, value] of Object.entries(env())) vi.stubEnv(name, value)
  })
  afterAll(() => {
    vi.unstubAllEnvs()
  })

  test('is counted with its roles, wherever it lies', async () => {
    const { result, events } = await play(PLAY, { playbook: 'provisioning/operations/follow.yml' })
    await result
    expect(events[0]).toEqual({ event: 'start', total: 2 })
  })

  test('is told event by event, and counted', async () => {
    const { result, events, log } = await play(PLAY)
    const { recap } = await result
    expect(recap.master).toEqual({ ok: 3, changed: 2, unreachable: 0, failed: 0, skipped: 1 })
    expect(recap.slave).toMatchObject({ failed: 0 })
    expect(events[0]).toEqual({ event: 'start', total: 8 })
    const begun = events.filter((event) => event.event === 'task')
    expect(begun[0]).toEqual({ event: 'task', host: 'master', task: 'Install packages', index: 1, total: 8 })
    expect(begun.at(-1)).toEqual({ event: 'task', host: 'slave', task: 'slave : Wait', index: 8, total: 8 })
    expect(events).toContainEqual({
      event: 'result',
      host: 'master',
      task: 'Install packages',
      status: 'changed',
    })
    expect(events).toContainEqual({ event: 'result', host: 'slave', task: 'Skip', status: 'skipped' })
    expect(events).toContainEqual({ event: 'result', host: 'slave', task: 'Ignore', status: 'ok' })
    expect(events.at(-1)).toMatchObject({ event: 'stats' })
    expect(log()).toContain('TASK [Install packages]')
    expect(log()).toContain('PLAY RECAP')
    expect(log()).not.toContain('"event"')
  })

  test('fills in the templates of a file that is reached through two includes', async () => {
    const { result, events, log } = await play(INCLUDES)
    expect((await result).recap.slave).toMatchObject({ ok: 6, failed: 0 })
    expect(log()).toContain('"msg": "slave, first"')
    expect(log()).toContain('"msg": "slave, second"')
    expect(events.findLast(({ event }) => event === 'task')).toMatchObject({ index: 4, total: 4 })
  })

  test('counts only the tasks of the tags it is given', async () => {
    const tagged = PLAY.replace('    - name: Skip', '      tags: [install]\n    - name: Skip')
    const { result, events } = await play(tagged, { tags: ['install'], limit: ['master'] })
    expect(Object.keys((await result).recap)).toEqual(['master'])
    expect(events[0]).toEqual({ event: 'start', total: 1 })
  })

  test('that fails names host, task and cause, with a hint', async () => {
    const { result, events } = await play(FAILS, { limit: ['slave'] })
    const error = await commandError(result)
    expect(error.message).toBe('slave: Install packages: E: Could not get lock /var/lib/dpkg/lock-frontend')
    expect(error.lastLines).toEqual([
      'slave: E: Could not get lock /var/lib/dpkg/lock-frontend',
      'slave: held by 42 ',
    ])
    expect(error.hint).toContain('package manager is at work')
    expect(error.command).toContain('ansible-playbook -i provisioning/inventory.yml --limit slave')
    expect(error.logFile).toContain('provision.log')
    expect(events.at(-1)).toMatchObject({ event: 'stats', hosts: { slave: { failed: 1 } } })
  })

  test('that cannot gather facts says why, not only that', async () => {
    const facts =
      '- hosts: slave\n  gather_facts: true\n  vars: {ansible_python_interpreter: /nowhere/python}\n'
    const { result } = await play(facts)
    expect((await commandError(result)).message).toMatch(
      /^slave: Gathering Facts: .*\/nowhere\/python'? ?(:|was) not found/,
    )
  })

  test('tells nothing of a task with no_log', async () => {
    const { result, events, log } = await play(FAILS, { limit: ['master'] })
    const error = await commandError(result)
    expect(error.message).toBe('master: Set the password: hidden, for the task has no_log')
    expect(JSON.stringify(events) + error.lastLines.join() + log()).not.toContain('s3cret')
  })

  test('that cannot reach a host says so', async () => {
    const files = { ...FILES, 'provisioning/site.yml': PLAY }
    const directory = folderWith({
      ...files,
      'provisioning/inventory.yml': 'masters: {hosts: {master: {}}}\n',
    })
    const error = await commandError(
      runPlaybook({ directory, run: createRunner(), logFile: join(directory, 'x.log') }),
    )
    expect(error.message).toMatch(/^master: Install packages: /)
    expect(error.hint).toContain('npx create-pg-lab up')
  })

  test('that is not valid is told with the last lines', async () => {
    const { result } = await play('- hosts: all\n  task: []\n')
    const error = await commandError(result)
    expect(error.message).toBe('ansible-playbook failed with exit code 4')
    expect(error.lastLines.join('\n')).toContain("'task' is not a valid attribute")
  })

  test('runs by hand without a word from the plugin', () => {
    const site = '- hosts: all\n  gather_facts: false\n  tasks: [{name: Say, debug: }]\n'
    const directory = folderWith({ ...FILES, 'provisioning/site.yml': site })
    const env = {
      ...process.env,
      ANSIBLE_CALLBACKS_ENABLED: 'pg_lab_events',
      ANSIBLE_CALLBACK_PLUGINS: join(directory, 'provisioning/support/callback_plugins'),
    }
    const args = ['-i', 'provisioning/inventory.yml', '--limit', 'slave', 'provisioning/site.yml']
    for (const fd of [undefined, '77']) {
      const run = spawnSync('ansible-playbook', args, {
        cwd: directory,
        encoding: 'utf8',
        env: fd === undefined ? env : { ...env, PG_LAB_EVENTS_FD: fd },
      })
      expect(run.status).toBe(0)
      expect(run.stdout + run.stderr).not.toMatch(/"event"|callback|WARNING/)
    }
  })
})

/** ansible-core 2.19 gave results public names, and will take the old ones away. */
const NEW_RESULT = `
import importlib.util, os
from types import SimpleNamespace as N
spec = importlib.util.spec_from_file_location("plugin", os.environ["PLUGIN"])
plugin = importlib.util.module_from_spec(spec)
spec.loader.exec_module(plugin)
host = N(get_name=lambda: "slave")
task = N(get_name=lambda: "Clone", no_log=False)
items = [{"failed": True, "msg": "no slot"}, {"failed": True, "_ansible_no_log": True, "msg": "s3cret"}, {"msg": "fine"}]
callback = plugin.CallbackModule()
callback.v2_runner_on_failed(N(host=host, task=task, result={"msg": "One or more items failed", "results": items}))
callback.v2_runner_on_failed(N(nothing="known"))
`

const hasModule = spawnSync('/usr/bin/python3', ['-c', 'import ansible']).status === 0

test.runIf(hasModule)('the plugin reads results of newer cores, and gets over what it does not know', () => {
  const PLUGIN = join(import.meta.dirname, '../../../provisioning/support/callback_plugins/pg_lab_events.py')
  const python = spawnSync('/usr/bin/python3', ['-c', NEW_RESULT], {
    encoding: 'utf8',
    env: { ...process.env, PLUGIN, PG_LAB_EVENTS_FD: '1' },
  })
  expect(python.stderr).toBe('')
  expect(
    python.stdout
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line)),
  ).toEqual([
    {
      event: 'result',
      host: 'slave',
      task: 'Clone',
      status: 'failed',
      message: 'no slot\nhidden, for the task has no_log',
    },
  ])
})

test('a line that is no event is passed over', () => {
  expect(parseEvent('not json')).toBeUndefined()
  expect(parseEvent('17')).toBeUndefined()
  expect(parseEvent('{"event":"start","total":3}')).toEqual({ event: 'start', total: 3 })
})

test.each([
  ['mkdir: cannot create directory: No space left on device', 'disk is full'],
  ['Missing sudo password', 'sudo'],
  ['sudo: sorry, you must have a tty to run sudo', '!requiretty'],
  ['/bin/sh: 1: /usr/bin/python3: not found', 'Python'],
  ["No package matching 'postgresql-17' is available", 'postgres.version'],
  ['Failed to connect to the host via ssh: Connection timed out', 'npx create-pg-lab up'],
  ['E: The repository is not signed. NO_PUBKEY 7FCC7D46ACCC4CF8', 'key'],
  ['Failed to validate GPG signature for acl-15.0-1.x86_64: Public key is not installed', 'key'],
  ["Failed to download metadata for repo 'pgdg16': Cannot download repomd.xml", 'postgres.version'],
])('%s has a hint', (message, hint) => {
  expect(hintFor(message)).toContain(hint)
})

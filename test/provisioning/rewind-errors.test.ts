import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { folderWith } from '../tools/helpers.ts'

const PLAYBOOK = `
- hosts: all
  gather_facts: false
  tasks:
    - name: Load what the role makes of pg_rewind's words
      ansible.builtin.include_vars: ${resolve('provisioning/roles/slave/vars/main.yml')}
    - name: Write it
      ansible.builtin.copy:
        content: "{{ {'clone': slave_rewind_needs_clone, 'left': slave_rewind_left, 'advice': slave_rewind_advice} | to_json }}"
        dest: "{{ playbook_dir }}/{{ slave_rewind.name }}.json"
      loop: "{{ cases }}"
      loop_control:
        loop_var: slave_rewind
`

/** What pg_rewind 15 and 17 said. */
const BEGUN = 'pg_rewind: rewinding from last common checkpoint at 0/200000E0 on timeline 2\n'
const CASES = {
  limit:
    'pg_rewind: error: connection to server at "10.61.13.150", port 5432 failed: FATAL:  too many connections for role "replica_rewind"',
  noRoute: 'pg_rewind: error: connection to server at "10.61.13.150", port 5432 failed: No route to host',
  rights:
    'pg_rewind: error: could not fetch remote file "global/pg_control": ERROR:  permission denied for function pg_read_binary_file',
  full: `${BEGUN}pg_rewind: error: could not write file "base/5/1249": No space left on device`,
  gone: 'pg_rewind: error: could not open file "/var/lib/postgresql/17/main/pg_wal/000000010000000000000003": No such file or directory\npg_rewind: error: could not find previous WAL record at 0/3000110',
  ancestor: "pg_rewind: error: could not find common ancestor of the source and target cluster's timelines",
  other: 'pg_rewind: error: source and target clusters are from different systems',
}

const hasAnsible = spawnSync('ansible-playbook', ['--version']).status === 0

test.runIf(hasAnsible)('only what pg_rewind says of the data calls for a clone', () => {
  const directory = folderWith({ 'play.yml': PLAYBOOK })
  const cases = Object.entries(CASES).map(([name, stderr]) => ({ name, stderr, stderr_lines: [stderr] }))
  const argv = ['-i', 'slave,', '-c', 'local', '-e', JSON.stringify({ cases }), 'play.yml']
  const { status, stdout } = spawnSync('ansible-playbook', argv, { cwd: directory, encoding: 'utf8' })
  expect([status, status === 0 ? '' : stdout]).toEqual([0, ''])
  const read = (name: string) => JSON.parse(readFileSync(join(directory, `${name}.json`), 'utf8'))
  const names = Object.keys(CASES)
  expect(names.filter((name) => read(name).clone)).toEqual(['gone', 'ancestor', 'other'])
  expect(read('noRoute')).toMatchObject({
    left: 'What slave has is still there.',
    advice: 'Is the primary there? npx create-pg-lab status.',
  })
  expect(read('full')).toMatchObject({
    left: 'It had begun to copy: it goes on from there.',
    advice: 'Make room there first.',
  })
})

import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { runPlaybook } from '../../../src/tools/ansible/ansible.ts'
import { createRunner } from '../../../src/tools/process/run.ts'
import { folderWith } from '../helpers.ts'

const SITE = `
- hosts: all
  gather_facts: false
  tasks:
    - name: Say it
      ansible.builtin.command:
        argv: ['printf', '%s', "{{ text }}"]
      register: argument
    - name: Hand it on
      ansible.builtin.copy:
        content: "{{ {'text': text, 'flag': flag, 'again': again, 'as argument': argument.stdout} | to_json }}"
        dest: "{{ playbook_dir }}/out.json"
      vars:
        again: "{{ [text] | map('regex_replace', '^', '') | first }}"
`

const hasAnsible = spawnSync('ansible-playbook', ['--version']).status === 0

test
  .runIf(hasAnsible)
  .each([
    "{{ lookup('pipe', 'touch pwned') }}",
    '{% for x in [1, 2] %}{{ x }}{% endfor %}',
    '{# gone #} tail',
    'quote " and \' and \\ and \t tab',
    'yes',
    '0x10',
    'line\nend: [of, it]\u007f\u0085\u2028\ufeff and \u{1f418}',
    '!unsafe "x"',
  ])('a variable of the command line is data and never a template: %j', async (text) => {
  const directory = folderWith({
    'ansible.cfg': '[defaults]\nretry_files_enabled = False\n',
    'provisioning/inventory.yml': 'all: {hosts: {here: {ansible_connection: local}}}\n',
    'provisioning/site.yml': SITE,
  })
  const logFile = join(directory, 'log')
  await runPlaybook({ directory, run: createRunner(), logFile, extraVars: { text, flag: true } })
  expect(JSON.parse(readFileSync(join(directory, 'provisioning/out.json'), 'utf8'))).toEqual({
    text,
    flag: true,
    again: text,
    'as argument': text,
  })
  expect(spawnSync('find', [directory, '-name', 'pwned'], { encoding: 'utf8' }).stdout).toBe('')
})

import { join } from 'node:path'
import { expect, it } from 'vitest'
import { folderWith } from '../tools/helpers.ts'
import { python } from './readers.ts'

const PROVISIONING = join(import.meta.dirname, '../../provisioning')
const read = (folder: string) => python('read-conditions.py', [folder], '').trimEnd().split('\n')

it('the roles say nothing that a newer core of Ansible refuses', () => {
  expect(read(PROVISIONING)).toEqual([expect.stringMatching(/^\d{3} conditions read$/)])
})

it('what newer cores refuse is found', () => {
  const folder = folderWith({
    'tasks/main.yml': `
- name: A list, and the operand that \`or\` gives back
  ansible.builtin.command: {argv: [ls, "{{ where | default(omit) }}"]}
  when: [found.stdout_lines, found.rc == 0 or found.stdout, found is changed and (found.stdout | length > 0)]
  until: not found.stdout
- name: In a block
  when: switched
  block:
    - name: An argument that may be left out
      ansible.builtin.assert: {that: made_of, msg: "{{ ansible_distribution }}", quiet: "{{ x | default(omit) }}"}
`,
    'meta/argument_specs.yml':
      'argument_specs: {main: {options: {switched: {type: bool}, named: {type: str}}}}\n',
    'vars/main.yml': 'made_of: "{{ named }}"\nasked: "{{ switched or named is defined }}"\n',
  })
  expect(read(folder)).toEqual([
    'tasks/main.yml: neither true nor false: found.stdout_lines',
    'tasks/main.yml: neither true nor false: found.rc == 0 or found.stdout',
    'tasks/main.yml: neither true nor false: made_of',
    'tasks/main.yml: omit in a list: {{ where | default(omit) }}',
    'main.yml: a fact by its old name: ansible_distribution',
    '6 conditions read',
  ])
})

import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { runPlaybook } from '../../../src/tools/ansible/ansible.ts'
import { createRunner } from '../../../src/tools/process/run.ts'
import { createVagrant } from '../../../src/tools/vagrant/vagrant.ts'
import { folderWith, scriptedTools } from '../helpers.ts'

/** A program of this name, alone on PATH before the others, that tells its environment. */
function folderThatTells(program: string): string {
  const folder = folderWith()
  vi.stubEnv('PATH', scriptedTools({ [program]: '#!/bin/sh\nenv > "$TOLD"\n' }).PATH)
  vi.stubEnv('TOLD', join(folder, 'told'))
  return folder
}

function told(folder: string, prefix: string): string[] {
  const lines = readFileSync(join(folder, 'told'), 'utf8').split('\n')
  return lines.filter((line) => line.startsWith(prefix)).map((line) => line.split('=')[0] ?? '')
}

test('of a user’s Ansible only what cannot lead elsewhere counts', async () => {
  const folder = folderThatTells('ansible-playbook')
  const theirs = [
    'REMOTE_USER',
    'BECOME_USER',
    'STRATEGY',
    'ROLES_PATH',
    'INVENTORY',
    'GATHERING',
    'LOOKUP_PLUGINS',
  ]
  for (const name of [...theirs, 'VAULT_PASSWORD_FILE', 'FORKS']) vi.stubEnv(`ANSIBLE_${name}`, 'theirs')
  mkdirSync(join(folder, '.pg-lab'), { recursive: true })
  await runPlaybook({ directory: folder, run: createRunner(), logFile: join(folder, 'x.log') })
  const names = told(folder, 'ANSIBLE_')
  expect(names).toEqual(
    expect.arrayContaining(['ANSIBLE_VAULT_PASSWORD_FILE', 'ANSIBLE_FORKS', 'ANSIBLE_CONFIG']),
  )
  expect(names.filter((name) => theirs.includes(name.replace('ANSIBLE_', '')))).toEqual([])
})

test('of a user’s Vagrant nothing leads to other machines', async () => {
  const folder = folderThatTells('vagrant')
  for (const name of ['DOTFILE_PATH', 'DEFAULT_PROVIDER', 'CWD', 'HOME'])
    vi.stubEnv(`VAGRANT_${name}`, '/theirs')
  const vagrant = createVagrant({ run: createRunner(), directory: folder, logFile: join(folder, 'x.log') })
  await vagrant.halt({})
  expect(told(folder, 'VAGRANT_').sort()).toEqual([
    'VAGRANT_CHECKPOINT_DISABLE',
    'VAGRANT_CWD',
    'VAGRANT_HOME',
    'VAGRANT_VAGRANTFILE',
  ])
})

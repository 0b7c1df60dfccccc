import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { labFolder, program } from './program.ts'

function labWithSecret(): string {
  const cwd = labFolder()
  mkdirSync(join(cwd, '.pg-lab/secrets'))
  writeFileSync(join(cwd, '.pg-lab/secrets/student'), 'c0rrectHorse\n', { mode: 0o600 })
  return cwd
}

test('names the users and where their passwords are, and shows none', async () => {
  const { exitCode, stdout } = await program(['secrets'], { cwd: labWithSecret() })
  expect(exitCode).toBe(0)
  expect(stdout).toMatchInlineSnapshot(`
    "replica	made by the first run of the playbook
    replica_rewind	made by the first run of the playbook
    student	.pg-lab/secrets/student
    barman	made by the first run of the playbook
    barman_streaming	made by the first run of the playbook
    "
  `)
})

test('show prints a password and nothing else', async () => {
  const { exitCode, stdout, stderr } = await program(['secrets', 'show', 'student'], { cwd: labWithSecret() })
  expect({ exitCode, stdout, stderr }).toEqual({ exitCode: 0, stdout: 'c0rrectHorse\n', stderr: '' })
})

test.each([
  [['secrets', 'show'], 'Whose password'],
  [['secrets', 'show', '../ssh_config'], 'There is no password of ../ssh_config'],
  [['secrets', 'show', 'replica'], 'replica has no password yet'],
  [['secrets', 'print', 'student'], "'print' is invalid"],
])('%s is refused with the way on', async (argv, words) => {
  const { exitCode, stdout, stderr } = await program(argv, { cwd: labWithSecret() })
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
  expect(stderr).toContain(words)
})

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { fakeTools } from './fake-tools.ts'
import { labFolder, program } from './program.ts'

test('a user the lab does not have is named, with those it has', async () => {
  const { exitCode, stderr } = await program(['rotate', 'student', 'bob'], { cwd: labFolder() })
  expect({ exitCode, stderr }).toEqual({
    exitCode: 2,
    stderr:
      '\n✖ There is no password of bob\n\n  → choose from replica, replica_rewind, student, barman, barman_streaming\n',
  })
})

test('a lab that is not up has no passwords to change', async () => {
  const { exitCode, stderr } = await program(['rotate'], {
    cwd: labFolder({ machines: [], reachable: false }),
  })
  expect(exitCode).toBe(2)
  expect(stderr).toContain('The lab has no machines yet')
})

test('when the playbook fails the old passwords are kept, and the command is to be repeated', async () => {
  const cwd = labFolder()
  const secret = (folder: string) => join(cwd, '.pg-lab', folder, 'student')
  mkdirSync(join(cwd, '.pg-lab/secrets'))
  writeFileSync(secret('secrets'), 'in-force\n')
  const { run } = fakeTools({ isUp: true, playbookFails: true })
  for (let attempt = 0; attempt < 2; attempt += 1) {
    const { exitCode, stderr } = await program(['rotate', 'student'], { cwd, run })
    expect(exitCode).toBe(3)
    expect(stderr).toContain('Go on    npx create-pg-lab rotate student\n')
    expect(readFileSync(secret('secrets.old'), 'utf8')).toBe('in-force\n')
    expect(readFileSync(secret('secrets'), 'utf8')).not.toBe('in-force\n')
  }
})

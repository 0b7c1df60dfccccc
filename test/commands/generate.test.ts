import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { labFolder, program } from './program.ts'

const freshLab = () => labFolder({ machines: [], reachable: false })

test('writes once, then finds nothing to do', async () => {
  const cwd = freshLab()
  const first = await program(['generate'], { cwd })
  expect(first).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('written    Vagrantfile\n') })
  expect(await program(['generate'], { cwd })).toEqual({
    exitCode: 0,
    stdout: 'Every file is as the config gives it.\n',
    stderr: '',
  })
})

test('--check and --diff write nothing', async () => {
  const cwd = freshLab()
  expect(await program(['generate', '--check'], { cwd })).toMatchObject({ exitCode: 1 })
  const { exitCode, stdout } = await program(['generate', '--diff'], { cwd })
  expect(exitCode).toBe(0)
  expect(stdout).toContain('+++ b/Vagrantfile')
  expect(existsSync(join(cwd, 'Vagrantfile'))).toBe(false)
  await program(['generate'], { cwd })
  expect(await program(['generate', '--check'], { cwd })).toMatchObject({ exitCode: 0 })
})

test('--config and --directory, before the command and after it', async () => {
  const cwd = freshLab()
  const elsewhere = freshLab()
  for (const argv of [
    ['-C', cwd, 'generate', '--check'],
    ['generate', '-C', cwd, '--check'],
    ['--config', join(cwd, 'cluster.config.yaml'), 'generate', '--check'],
  ]) {
    expect(await program(argv, { cwd: elsewhere })).toMatchObject({ exitCode: 1, stderr: '' })
  }
  await program(['-C', cwd, 'generate'], { cwd: elsewhere })
  expect(existsSync(join(cwd, 'Vagrantfile'))).toBe(true)
  expect(existsSync(join(elsewhere, 'Vagrantfile'))).toBe(false)
})

import { spawnSync } from 'node:child_process'
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { packageRoot } from '../../src/package-root.ts'
import { folderWith } from '../tools/helpers.ts'
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
    expect(await program(argv, { cwd: elsewhere })).toMatchObject({ exitCode: 1 })
  }
  await program(['-C', cwd, 'generate'], { cwd: elsewhere })
  expect(existsSync(join(cwd, 'Vagrantfile'))).toBe(true)
  expect(existsSync(join(elsewhere, 'Vagrantfile'))).toBe(false)
})

test('edits are listed, kept on demand, and known in a clone', async () => {
  const cwd = freshLab()
  await program(['generate'], { cwd })
  expect((await program(['generate', '--edits'], { cwd })).stdout).toBe(
    'No file was edited since it was written.\n',
  )
  appendFileSync(join(cwd, 'ansible.cfg'), '# mine\n')
  expect((await program(['generate', '--edits'], { cwd })).stdout).toContain('+# mine')
  const git = (...args: string[]) => spawnSync('git', args, { cwd, encoding: 'utf8' })
  git('init', '--quiet')
  writeFileSync(join(cwd, '.gitignore'), readFileSync(join(packageRoot(), 'templates/_gitignore')))
  git('add', '--all')
  const tracked = git('ls-files').stdout.split('\n')
  expect(tracked).toContain('.pg-lab/base/ansible.cfg')
  expect(tracked.filter((path) => path.startsWith('.pg-lab/') && !path.startsWith('.pg-lab/base/'))).toEqual([
    '.pg-lab/.gitignore',
  ])
  const clone = join(folderWith(), 'clone')
  git('-c', 'user.name=a', '-c', 'user.email=a@example.org', 'commit', '--quiet', '--message', 'a lab')
  git('clone', '--quiet', cwd, clone)
  expect(await program(['generate', '--check'], { cwd: clone })).toMatchObject({ exitCode: 0 })
  appendFileSync(join(clone, 'cluster.config.yaml'), 'slaves: [{}, {}]\n')
  const { exitCode, stdout, stderr } = await program(['generate'], { cwd: clone })
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
  expect(stdout).toContain('written    Vagrantfile')
  expect(readFileSync(join(clone, 'ansible.cfg'), 'utf8')).toMatch(/# mine\n$/)
})

test.each([
  ['--check', '--diff'],
  ['--keep-mine', '--take-generated'],
  ['--edits', '--keep-mine'],
])('%s and %s exclude each other', async (one, other) => {
  const { exitCode, stderr } = await program(['generate', one, other], { cwd: freshLab() })
  expect(exitCode).toBe(2)
  expect(stderr).toContain(`${one} and ${other} exclude each other`)
})

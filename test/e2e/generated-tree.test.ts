import { readdirSync } from 'node:fs'
import { afterAll, expect, it } from 'vitest'
import { spawn, TestLab } from './support.ts'

const lab = TestLab.create('tree', "export default { provider: 'docker' }\n")

afterAll(() => lab.remove())

it('is written once; the second run writes nothing', () => {
  expect(lab.must('generate').stdout).toContain('written')
  expect(lab.must('generate').stdout).toContain('Every file is as the config gives it.')
  expect(lab.must('generate', '--check').status).toBe(0)
})

it('is clean for ansible-lint and yamllint', () => {
  const lint = spawn('ansible-lint', ['--profile', 'production', '-q', '--nocolor'], { cwd: lab.directory })
  expect(lint.stdout + lint.stderr).toBe('')
  expect(lint.status).toBe(0)
  expect(spawn('yamllint', ['-s', '.'], { cwd: lab.directory }).stdout).toBe('')
})

it('is understood by Vagrant', () => {
  expect(
    spawn('vagrant', ['validate'], { cwd: lab.directory, env: { ...process.env, LC_ALL: 'C.UTF-8' } }).status,
  ).toBe(0)
})

it('is not written at all for a config with eight mistakes, which are all named', () => {
  const wrong = TestLab.create(
    'wrong',
    `export default {
  naem: 'x',
  os: 'centos-7',
  network: { subnet: '192.168.11.0/99' },
  master: { name: 'Master', memory: 'much' },
  slaves: [{ slot: 'No Slot' }],
  backup: { schedule: 'sometimes' },
  replication: { mode: 'quick' },
}
`,
  )
  const { status, stderr, stdout } = wrong.run('generate')
  const paths = [
    'naem',
    'os',
    'network.subnet',
    'master.name',
    'master.memory',
    'slaves[0].slot',
    'backup.schedule',
    'replication.mode',
  ]
  expect(status).toBe(2)
  for (const path of paths) expect(stderr + stdout).toContain(path)
  expect(readdirSync(wrong.directory)).toEqual(['cluster.config.ts'])
  wrong.remove()
})

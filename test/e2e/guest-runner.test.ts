import { existsSync, readdirSync, rmSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { changedCounts, failures, pathWithout, type Result, spawn, TestLab } from './support.ts'

const CONFIG = `
export default {
  name: 'guest-runner',
  provider: 'docker',
  network: { subnet: '10.97.85.0/24' },
}
`
const ANSIBLE = readdirSync('/usr/bin').filter((name) => name.startsWith('ansible'))
const PATH = pathWithout(...ANSIBLE)
const env = { ...process.env, PATH, LC_ALL: 'C.UTF-8' }
const lab = TestLab.create('guest runner', CONFIG)

const pgLab = (...args: string[]): Result =>
  spawn('node', [resolve('dist/pg-lab.js'), ...args], { cwd: lab.directory, env })
const vagrant = (...args: string[]): Result => spawn('vagrant', args, { cwd: lab.directory, env })

/** What a run left of it on the machine that ran Ansible. */
const leftThere = () =>
  lab.ask('backup', '', 'ls -A /root | grep pg-lab; ls -A ~vagrant | grep pg-lab').trim()

const secretModes = () =>
  ['secrets', 'tls'].flatMap((folder) => {
    const place = join(lab.directory, '.pg-lab', folder)
    return readdirSync(place).map((name) => statSync(join(place, name)).mode & 0o777)
  })

beforeAll(() => {
  expect(spawn('sh', ['-c', 'command -v ansible-playbook'], { env }).status).not.toBe(0)
})

afterAll(() => lab.remove())

describe('a computer without Ansible', () => {
  it('brings the lab up: the backup host runs it for all', () => {
    expect(pgLab('doctor').stdout).toContain('none here, so backup runs it for all')
    const up = pgLab('up')
    expect(`${up.stdout}\n${up.stderr}`).toContain('The lab is up and verified')
    expect(up.status).toBe(0)
    expect(leftThere()).toBe('')
    expect(new Set(secretModes())).toEqual(new Set([0o600]))
  })

  it('changes nothing the second time', () => {
    lab.forgetMarks()
    expect(changedCounts(pgLab('up').stdout)).toEqual({ master: 0, slave: 0, backup: 0 })
  })

  it('lets a standby and Barman follow, which Ansible does', () => {
    expect(pgLab('switchover', 'slave').status).toBe(0)
    expect(pgLab('switchover', 'master').status).toBe(0)
    expect(failures(lab.verify().failed)).toEqual([])
    expect(leftThere()).toBe('')
  })

  it('needs neither Ansible nor Node with plain Vagrant', () => {
    pgLab('destroy', '--yes')
    rmSync(join(lab.directory, '.pg-lab'), { recursive: true })
    const up = vagrant('up', '--provider=docker')
    expect(`${up.stdout}\n${up.stderr}`).toContain('PLAY RECAP')
    expect(up.status).toBe(0)
    expect(existsSync(join(lab.directory, '.pg-lab/secrets/replica'))).toBe(true)
    expect(new Set(secretModes())).toEqual(new Set([0o600]))
    const again = vagrant('provision')
    expect(again.stdout.match(/changed=\d+/g)).toEqual(Array(3).fill('changed=0'))
    expect(changedCounts(pgLab('up').stdout)).toEqual({ master: 0, slave: 0, backup: 0 })
    expect(leftThere()).toBe('')
  })
})

import type { ChildProcess } from 'node:child_process'
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { OPERATING_SYSTEMS } from '../../src/catalog/os.ts'
import { buildImages, serveMajor } from '../e2e/repository.ts'
import { settingsToldOtherwise } from '../e2e/server-settings.ts'
import { ansibleWarnings, changedCounts, failures, type Result, TestLab } from '../e2e/support.ts'
import { newestFigures } from '../support/drill-pages.ts'
import type { Control, Guest } from './axes.ts'
import { ControlHost } from './control.ts'
import { RESULTS, type Row } from './row.ts'

/** With them switched on, not one deprecation is to be read. */
const WARN = { ANSIBLE_DEPRECATION_WARNINGS: 'true', LC_ALL: 'C.UTF-8' }

/** Sum of `changed=` in Ansible's recap, which must name each host once and no failure. */
function changedIn({ status, stdout, stderr }: Result): number {
  const recap = stdout.slice(stdout.indexOf('PLAY RECAP'))
  const hosts = [...recap.matchAll(/ok=\d+ +changed=(\d+) +unreachable=0 +failed=0/g)]
  if (status !== 0 || hosts.length !== 3) throw new Error(`${stdout}\n${stderr}`)
  return hosts.reduce((sum, [, changed]) => sum + Number(changed), 0)
}

function versionIn({ stdout }: Result): string {
  return /\d+(\.\d+)+/.exec(stdout)?.[0] ?? '?'
}

/**
 * The whole life of a small lab of one system, driven from one control host; each column of the matrix is measured.
 * @param own subnet of its machines and port of its packages, so that two cells can be tested side by side
 */
export function describeCell(
  control: Control,
  guest: Guest & { readonly name: string },
  own: { readonly subnet: string; readonly port: number },
): void {
  const { title, postgresVersion, barmanVersion } = OPERATING_SYSTEMS[guest.os]
  const major = guest.postgres?.major ?? postgresVersion
  const id = `${control.name}-${guest.name}`
  const name = `m${id.replaceAll('.', '')}`
  const row: { -readonly [key in keyof Row]?: Row[key] | undefined } = { system: title }
  const config = (postgres = '') =>
    `export default { name: '${name}', provider: 'docker', os: '${guest.os}', network: { subnet: '${own.subnet}' }, ${postgres} }\n`
  const made = TestLab.create(guest.name, config())
  let packages: ChildProcess | undefined
  let host: ControlHost
  let lab: TestLab

  const there = (file: string, ...args: string[]) => host.spawn(file, args, { cwd: lab.directory, env: WARN })
  const barman = (...args: string[]) => lab.ssh('backup', 'sudo', '-u', 'barman', 'barman', ...args)

  beforeAll(() => {
    let images = buildImages(made, guest.os)
    if (guest.postgres) {
      const repository = serveMajor(guest.postgres, made, guest.os, own.port)
      packages = repository.server
      made.configure(config(repository.setting))
      images = buildImages(made, guest.os)
    }
    host = ControlHost.start(control, dirname(made.directory), images)
    lab = new TestLab(made.directory, { temporary: true, spawn: host.spawn })
  })

  afterAll(() => {
    const results = process.env[RESULTS]
    if (results) {
      mkdirSync(results, { recursive: true })
      writeFileSync(join(results, `${id}.row.json`), JSON.stringify(row))
    }
    packages?.kill()
    lab?.remove()
    host?.stop()
  })

  describe(`${title}, PostgreSQL ${major}, driven by ansible-core ${control.ansible}${control.docker ? ` and Docker ${control.docker}` : ''}`, () => {
    it('has the tools it is named after', () => {
      const ansible = there('ansible', '--version')
      row.ansible = versionIn(ansible)
      row.python = /python version = ([\d.]+)/.exec(ansible.stdout)?.[1]
      row.vagrant = versionIn(there('vagrant', '--version'))
      row.docker = there('docker', 'version', '--format', '{{.Server.Version}}').stdout.trim()
      row.node = there('node', '--version').stdout.trim().slice(1)
      expect(`${row.ansible}.`).toContain(`${control.ansible}.`)
      if (control.docker) expect(Number.parseInt(row.docker, 10)).toBe(control.docker)
    })

    it('comes up verified from nothing', () => {
      const startMs = Date.now()
      const up = lab.run('up')
      expect(up.stdout + up.stderr).toContain('The lab is up and verified')
      row.coldS = Math.round((Date.now() - startMs) / 1000)
    })

    it('has the versions of the catalog', () => {
      row.postgres = lab.sql('master', 'SHOW server_version').split(' ')[0] ?? ''
      row.barman = versionIn(barman('--version'))
      expect(Number.parseInt(row.postgres, 10)).toBe(major)
      expect(`${row.barman}.`).toContain(`${barmanVersion}.`)
      expect(settingsToldOtherwise(lab, 'master', major)).toEqual([])
    })

    it('can what its versions can, and no more', () => {
      const role = "SELECT count(*) FROM pg_roles WHERE rolname = 'pg_checkpoint'"
      const models = barman('config-switch', '--help').status === 0
      expect(guest).toMatchObject({ models, checkpointRole: lab.sql('master', role) === '1' })
    })

    it('changes nothing the second time', () => {
      const counts = changedCounts(lab.upAnew().stdout)
      row.changed = Object.values(counts).reduce((sum, count) => sum + count, 0)
      expect(counts).toEqual({ master: 0, slave: 0, backup: 0 })
    })

    it('is provisioned by ansible-playbook alone, without a word of what is deprecated', () => {
      const byHand = there('ansible-playbook', 'provisioning/site.yml')
      row.changedByHand = changedIn(byHand)
      expect(row.changedByHand).toBe(0)
      expect(ansibleWarnings(byHand.stdout + byHand.stderr)).toEqual([])
    })

    it('comes up by vagrant alone, from what a mentor clones', () => {
      lab.must('destroy', '--yes')
      rmSync(join(lab.directory, '.pg-lab'), { recursive: true })
      const up = there('vagrant', 'up', '--provider=docker')
      expect(changedIn(up)).toBeGreaterThan(0)
      expect(ansibleWarnings(up.stdout + up.stderr)).toEqual([])
      expect(changedIn(there('vagrant', 'provision'))).toBe(0)
      expect(failures(lab.verify().failed)).toEqual([])
      row.plain = 'yes'
    })

    it('lets master and slave change places, and back', () => {
      lab.must('switchover', 'slave')
      lab.must('switchover', 'master')
      expect(failures(lab.verify().failed)).toEqual([])
      row.switchover = 'yes'
    })

    it('survives the loss of its master', () => {
      lab.must('drill', 'failover', '--how', 'process')
      row.rto = newestFigures(lab.directory, 'failover').get('Writes were refused for (RTO)')
      expect(row.rto).toMatch(/^[\d.]+ m?s$/)
      expect(failures(lab.verify().failed)).toEqual([])
    })

    it('brings back the second before a mistake', () => {
      lab.must('drill', 'pitr') // compares the rows, and finds nothing younger
      expect(failures(lab.verify('--only', 'restore').failed)).toEqual([])
      row.restored = 'yes'
    })

    it('ends when it is asked to, and starts again', () => {
      const machine = `${name}-slave`
      there('docker', 'stop', '--time', '60', machine)
      expect(there('docker', 'inspect', '--format', '{{.State.ExitCode}}', machine).stdout.trim()).toBe('0')
      lab.must('up')
    })

    it('leaves nothing behind', () => {
      lab.must('destroy', '--yes')
      expect(readdirSync(lab.directory)).toContain('Vagrantfile')
      const left = ['ps --all --format {{.Names}}', 'network ls --format {{.Name}}'].map((words) => {
        return there('docker', ...words.split(' ')).stdout
      })
      expect(left.join('')).not.toContain(name)
      expect(left.join('')).not.toContain(own.subnet)
    })
  })
}

import { spawn as start } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { stripVTControlCharacters } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Survey } from '../../src/observe/status.ts'
import { spawn, TestLab } from './support.ts'

const lab = TestLab.create(
  'report',
  `import { defineCluster } from 'create-pg-lab'
export default defineCluster({
  name: 'report-e2e',
  provider: 'docker',
  network: { subnet: '192.168.70.0/24' },
})
`,
)
const folder = join(lab.directory, 'report')

beforeAll(() => {
  lab.must('up', '--install')
})

afterAll(() => {
  lab.remove()
})

function readme(): string {
  return readFileSync(join(folder, 'README.md'), 'utf8')
}

/** As machines get it. */
type StatusData = Omit<Survey, 'slots'> & {
  readonly slots: readonly { readonly slotName: string; readonly active: boolean }[]
}

function status(): StatusData {
  return JSON.parse(lab.run('status', '--json').stdout) // it ends with 1 when a host is down
}

const rowCount = () => lab.sql('master', 'SELECT count(*) FROM dz', 'otus')
const schemas = () => lab.sql('master', "SELECT count(*) FROM pg_namespace WHERE nspname ~ 'load'", 'otus')

describe('pg-lab status', () => {
  it('is what the servers say', () => {
    const { primary, nodes, slots, backups } = status()
    expect(primary).toBe('master')
    expect(nodes.map(({ name, role, state }) => `${name} ${role} ${state}`)).toEqual([
      'master primary running',
      'slave standby streaming',
      'backup barman receiving',
    ])
    expect(slots.map(({ slotName, active }) => [slotName, active])).toEqual([
      ['barman', true],
      ['slave_slot', true],
    ])
    expect(backups?.count).toBe(1)
    expect(nodes.every(({ disk }) => disk && disk.totalBytes > disk.freeBytes)).toBe(true)
  })

  it('fits on one screen', () => {
    const typed = `stty cols 80 rows 24; node '${resolve('dist/pg-lab.js')}' status`
    const { stdout } = lab.spawn('script', '-qec', typed, '/dev/null')
    const lines = stripVTControlCharacters(stdout).split(/\r?\n/)
    expect(stdout).toContain('report-e2e')
    expect(lines.length).toBeLessThanOrEqual(24)
    expect(lines.filter((line) => line.length > 80)).toEqual([])
  })

  it('does not wait long for half a lab', () => {
    lab.ssh('slave', 'sudo', 'systemctl', 'stop', 'postgresql')
    spawn('docker', ['pause', 'report-e2e-backup'])
    const began = Date.now()
    const { nodes } = status()
    expect(Date.now() - began).toBeLessThan(8_000)
    expect(nodes.map(({ state }) => state)).toEqual(['running', 'server down', 'no answer'])
    spawn('docker', ['unpause', 'report-e2e-backup'])
    lab.ssh('slave', 'sudo', 'systemctl', 'start', 'postgresql')
  })
})

describe('pg-lab load', () => {
  it('shows in the status, and leaves nothing', () => {
    const before = status().nodes[0]?.lsn
    const { stdout } = lab.must('load', '--seconds', '3')
    expect(stdout).toMatch(/\d+ transactions, \d+ a second/)
    expect(status().nodes[0]?.lsn).not.toBe(before)
    expect(schemas()).toBe('0')
  })

  it('leaves nothing either when Ctrl-C ends it', async () => {
    const child = start('node', [resolve('dist/pg-lab.js'), 'load', '--seconds', '60'], {
      cwd: lab.directory,
      detached: true, // a group of its own, as at a terminal
    })
    const ended = new Promise((done) => child.once('exit', done))
    for (let turn = 0; schemas() === '0' && turn < 50; turn += 1) await wait(200)
    expect(schemas()).toBe('1')
    process.kill(-(child.pid ?? 0), 'SIGINT')
    expect(await ended).toBe(130)
    for (let turn = 0; schemas() !== '0' && turn < 25; turn += 1) await wait(200)
    expect(schemas()).toBe('0')
  })
})

describe('pg-lab report', () => {
  it('writes what a student would, from the servers', () => {
    const { stdout } = lab.must('report', '--lang', 'en', '--author', 'Anna Ivanova')
    expect(stdout).toContain('--read-only leaves all of it out')
    const text = readme()
    expect(text).not.toContain('✖')
    expect(text.split('\n').filter((line) => line.startsWith('##'))).toEqual([
      '## Topology',
      '## master — primary, 192.168.70.150',
      '### Replication slots',
      '### Replication status',
      '### A row is added',
      '## slave — standby, 192.168.70.151',
      '### The same row on the standby',
      '### Recovery state',
      '### WAL receiver',
      '### A write is refused',
      '## backup — backup host, 192.168.70.152',
      '### barman check',
      '### barman replication-status',
      '### A base backup',
      '### The backups there are',
      '### barman status',
      '## Lag under load',
      '## All checks',
      '## Configuration in force',
    ])
    expect(text).toMatch(/Backup completed/)
    expect(text).toMatch(/slave_slot \| physical {2}\| t /)
    expect(text).toContain('| Author | Anna Ivanova |')
    expect(readFileSync(join(folder, 'index.html'), 'utf8')).toContain('<svg class="plot"')
    const data = JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8'))
    expect(data).toMatchObject({ ok: true, failed: 0, isReadOnly: false, primary: 'master' })
    expect(data.provenance.edits).toEqual([])
  })

  it('copies the configuration the servers name', () => {
    const files = (readdirSync(join(folder, 'files'), { recursive: true }) as string[])
      .filter((name) => name.endsWith('.conf'))
      .sort()
    expect(files).toEqual([
      'backup/master.conf',
      'master/pg_hba.conf',
      'master/postgresql.conf',
      'slave/pg_hba.conf',
      'slave/postgresql.conf',
      'slave/standby.conf',
    ])
    expect(readFileSync(join(folder, 'files/backup/master.conf'), 'utf8')).toContain('[master]')
  })

  it('holds no secret, and leaves the table as it was', () => {
    const secrets = join(lab.directory, '.pg-lab', 'secrets')
    for (const name of readdirSync(secrets)) {
      const secret = readFileSync(join(secrets, name), 'utf8').trim()
      expect(spawn('grep', ['-rlF', secret, folder]).stdout).toBe('')
    }
    expect(rowCount()).toBe('0')
    expect(schemas()).toBe('0')
  })

  it('only asks, where it is to', () => {
    const before = status().backups?.count
    const { stdout } = lab.must('report', '--read-only', '--lang', 'en')
    expect(stdout).toContain('The servers are only asked')
    expect(readme()).not.toMatch(/### (A row is added|A base backup)|## Lag under load/)
    expect(status().backups?.count).toBe(before)
    expect(rowCount()).toBe('0')
  })

  it('shows a failing check as failing; strict, it writes nothing', () => {
    lab.sql('slave', 'SELECT pg_wal_replay_pause()')
    rmSync(folder, { recursive: true })
    const strict = lab.run('report', '--strict')
    expect(strict.status).toBe(1)
    expect(strict.stdout).toContain('pg_wal_replay_resume')
    expect(existsSync(folder)).toBe(false)

    expect(lab.run('report', '--lang', 'ru').status).toBe(1)
    expect(readme()).toMatch(
      /- ✖ \*\*применение WAL\*\*: ожидалось не приостановлено; получено приостановлено/,
    )
    expect(readme()).toContain('n1["slave<br/>192.168.70.151<br/>реплика, приостановлено, линия 1"]')
    lab.sql('slave', 'SELECT pg_wal_replay_resume()')
  })
})

describe('pg-lab verify --junit', () => {
  it('writes what CI reads', () => {
    lab.must('verify', '--junit', 'findings.xml')
    const xml = readFileSync(join(lab.directory, 'findings.xml'), 'utf8')
    expect(xml).toMatch(/<testsuites name="create-pg-lab verify" tests="\d{2,}" failures="0">/)
  })
})

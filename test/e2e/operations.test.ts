import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { failures, spawn, TestLab } from './support.ts'

const OS = process.env.PG_LAB_TEST_OS ?? 'debian-12'

const lab = TestLab.create(
  'verbs',
  `
import { defineCluster } from 'create-pg-lab'

export default defineCluster({
  name: 'verbs',
  os: '${OS}',
  provider: 'docker',
  network: { subnet: '10.97.72.0/24' },
  master: { address: '10.97.72.11', memory: 512 },
  slaves: [
    { name: 'slave', address: '10.97.72.12', memory: 512 },
    { name: 'slave2', address: '10.97.72.13', memory: 512 },
  ],
  backup: { address: '10.97.72.20' },
  replication: { mode: 'sync' },
  postgres: { settings: { checkpoint_timeout: '1h' } }, // so that the control file of a standby is behind all the time
})
`,
)

beforeAll(() => {
  lab.must('up')
})

afterAll(() => {
  lab.remove()
})

const ROWS = 'SELECT string_agg(v, $$ $$ ORDER BY k) FROM dz'
const insert = (node: string, v: string) => lab.sql(node, `INSERT INTO dz (v) VALUES ('${v}')`, 'otus')
const isStandby = (node: string) => lab.sql(node, 'SELECT pg_is_in_recovery()') === 't'
const root = (node: string, script: string) => lab.ssh(node, 'sudo', 'sh', '-c', script)
const postgresql = (node: string, verb: 'start' | 'stop') =>
  root(node, `systemctl ${verb} postgresql@$(ls /etc/postgresql)-main`)

/** A machine that boots lets nobody in yet. */
function untilUp(node: string): void {
  for (let turn = 0; turn < 60 && lab.ssh(node, 'true').status !== 0; turn += 1) spawn('sleep', ['1'])
}

/** Or has had its time: one that was never a standby of today's primary does not. */
function untilItStreams(node: string): void {
  const asked = 'SELECT count(*) FROM pg_stat_wal_receiver'
  for (let turn = 0; turn < 10 && lab.sql(node, asked) === '0'; turn += 1) spawn('sleep', ['1'])
}

/** The end of every verb: all is true, nothing is left to do, and plain Vagrant turns nothing back. */
function expectSettled(primary: string): void {
  expect(failures(lab.verify().failed)).toEqual([])
  expect(JSON.parse(lab.must('plan', '--json').stdout)).toMatchObject({ ok: true, items: [] })
  const env = { ...process.env, LC_ALL: 'C.UTF-8' }
  const again = spawn('vagrant', ['provision'], { cwd: lab.directory, env })
  expect(again.stdout.match(/changed=\d+/g)).toEqual(Array(4).fill('changed=0'))
  expect(['master', 'slave', 'slave2'].filter((node) => !isStandby(node))).toEqual([primary])
}

describe('switchover', () => {
  it('says what it would do, and does nothing', () => {
    expect(lab.must('switchover', 'slave', '--dry-run').stdout).toContain('Nothing was changed.')
    expect(isStandby('slave')).toBe(true)
  })

  it('changes places without a loss; all others follow', () => {
    insert('master', 'before')
    expect(lab.must('switchover', 'slave').stdout).toContain('slave is the primary, master a standby')
    expect(lab.sql('slave', ROWS, 'otus')).toBe('before')
    insert('slave', 'switched')
    expectSettled('slave')
    expect(lab.must('switchover', 'slave').stdout).toContain('nothing to do')
  })

  it('and back', () => {
    lab.must('switchover', 'master')
    expect(lab.sql('master', ROWS, 'otus')).toBe('before switched')
    expectSettled('master')
  })
})

describe('a master that crashes', () => {
  it('is not promoted over while it lives', () => {
    const { status, stderr } = lab.run('promote', 'slave')
    expect(status).toBe(2)
    expect(stderr).toContain('npx create-pg-lab switchover slave')
  })

  it('leaves its place to a slave, and rejoins by pg_rewind', () => {
    for (const node of ['slave', 'slave2']) postgresql(node, 'stop')
    // Nobody waits for the standbys that are away, so only the master has this row.
    lab.sql('master', "SET synchronous_commit = local; INSERT INTO dz (v) VALUES ('lost')", 'otus')
    root('master', 'kill -9 $(head -1 /var/lib/postgresql/*/main/postmaster.pid)')
    for (const node of ['slave', 'slave2']) postgresql(node, 'start')

    const promoted = lab.must('promote').stdout
    expect(promoted).toMatch(/slave2? is the primary/)
    expect(promoted).toContain('npx create-pg-lab rejoin master')
    const primary = isStandby('slave') ? 'slave2' : 'slave'
    insert(primary, 'promoted')

    const unasked = lab.run('rejoin', 'master')
    expect(unasked.status).toBe(2)
    expect(unasked.stderr).toMatch(/of WAL after .* transactions? w.* committed in it, the last at/)
    expect(lab.must('rejoin', 'master', '--yes').stdout).toContain('servers diverged at WAL location')
    expect(lab.sql('master', ROWS, 'otus')).toBe('before switched promoted')
    expectSettled(primary)
    lab.must('switchover', 'master')
  })
})

describe('a machine that dies', () => {
  it('comes back as no second primary, and rejoins', () => {
    spawn('docker', ['kill', 'verbs-master'])
    const promoted = lab.must('promote', 'slave').stdout
    expect(promoted).toContain('master does not answer at all')
    insert('slave', 'alone')

    spawn('docker', ['start', 'verbs-master'])
    untilUp('master')
    expect(postgresql('master', 'start').status).toBe(0)
    expect(isStandby('master')).toBe(true)
    expect(root('master', 'journalctl -u "postgresql@*"').stdout).toContain(
      'starting read-only, as a standby',
    )

    untilItStreams('master') // by the settings it has from when it was a standby of slave
    lab.must('rejoin', 'master', '--yes')
    expect(lab.sql('master', ROWS, 'otus')).toBe('before switched promoted alone')
    expectSettled('slave')
  })
})

describe('reinit', () => {
  it('asks, and refuses the primary', () => {
    expect(lab.run('reinit', 'slave2').stderr).toContain('there is no terminal to ask on')
    expect(lab.run('reinit', 'slave', '--yes').stderr).toContain('slave is the primary')
  })

  it('replaces all data by a fresh clone', () => {
    const madeAt = () => lab.sql('slave2', "SELECT (pg_stat_file('PG_VERSION')).modification")
    const before = madeAt()
    lab.must('reinit', 'slave2', '--yes')
    expect(madeAt()).not.toBe(before)
    expect(lab.sql('slave2', ROWS, 'otus')).toBe('before switched promoted alone')
    expectSettled('slave')
  })
})

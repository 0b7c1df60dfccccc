import { resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Result, spawn, TestLab } from './support.ts'

/*
 * Nobody waits without an end: not for a standby that commits are to wait for and that is away, nor for a server that
 * takes a connection and says nothing. Every command ends within its bound, and says what did not answer.
 */
const lab = TestLab.create(
  'unanswering',
  `export default {
  name: 'unanswering',
  provider: 'docker',
  os: 'debian-13',
  network: { subnet: '10.97.86.0/24' },
  replication: { mode: 'sync' },
  backup: { rehearsal: '8 days' },
}
`,
)

/** What only looks takes seconds; what a slow computer may need on top is generous, and far from for ever. */
const LOOK_MS = 180_000
const WORK_MS = 600_000

/** A command that must end in time, whatever it says. */
function within(timeout: number, ...args: string[]): Result {
  return spawn('node', [resolve('dist/pg-lab.js'), ...args], { cwd: lab.directory, timeout })
}

const words = ({ stdout, stderr }: Result) => `${stdout}${stderr}`

/** Stops the server of a machine in the middle of what it does; its sockets go on taking connections. */
function hang(node: string, whom: 'postmaster' | 'every process'): () => void {
  const postmaster = 'kill -$0 $(head -1 /var/lib/postgresql/*/main/postmaster.pid)'
  const script = whom === 'postmaster' ? postmaster : 'pkill -$0 -u postgres postgres'
  const send = (signal: string) => {
    const { status, stderr } = lab.ssh(node, 'sudo', 'sh', '-c', script, signal)
    if (status !== 0) throw new Error(`${signal}: ${stderr}`)
  }
  send('STOP')
  return () => send('CONT')
}

/** Of a lab that is well again, which may take a moment. */
function expectWell(): void {
  const deadline = Date.now() + 180_000
  for (;;) {
    const { failed } = lab.verify()
    if (failed.length === 0) return
    if (Date.now() > deadline) throw new Error(JSON.stringify(failed, null, 2))
  }
}

/** Every command that looks and changes nothing: how it ends, and what it must say. */
type Expected = readonly [command: string, status: number, says: RegExp]

beforeAll(() => {
  lab.must('up')
})

afterAll(() => lab.remove())

describe('the synchronous standby is away', () => {
  beforeAll(() => {
    lab.ssh('slave', 'sudo', 'systemctl', 'stop', 'postgresql@17-main')
  })
  afterAll(() => {
    lab.ssh('slave', 'sudo', 'systemctl', 'start', 'postgresql@17-main')
    expectWell()
  })

  const LOOKS: readonly Expected[] = [
    ['status', 1, /slave .*server down/],
    ['status --json', 0, /"state": "server down"/],
    ['plan', 0, /inspect +slave/],
    ['verify', 1, /checks failed/],
    ['verify --only rows,wal,backups', 1, /✔ WAL arrives/],
    ['backups', 0, /valid/],
    ['drill', 0, /slot-overflow/],
    ['drill check', 2, /No drill is waiting/],
    ['promote --dry-run', 0, /master is the primary/],
    ['switchover slave --dry-run', 2, /slave/],
    ['restore --to latest --dry-run', 0, /./],
    ['load --seconds 2', 3, /did not come back within 20 s/],
  ]
  it.each(LOOKS)('%s ends, with %d', (command, status, says) => {
    const result = within(LOOK_MS, ...command.split(' '))
    expect(words(result)).toMatch(says)
    expect(result.status).toBe(status)
  })

  it('leaves nothing of a load that could not begin', () => {
    const left = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'pg-lab load'"
    expect(lab.sql('master', left)).toBe('0')
    expect(lab.sql('master', "SELECT to_regnamespace('load_of_pg_lab') IS NULL", 'otus')).toBe('t')
  })

  it('report is written, and says what is wrong', () => {
    const result = within(WORK_MS, 'report')
    expect(words(result)).toMatch(/did not come back within 20 s.*the report shows none/)
    expect(words(result)).toContain('The report is written, and says that')
    expect(result.status).toBe(1)
  })

  it('a backup, its rehearsal and a restore need no standby', () => {
    expect(within(WORK_MS, 'backup').status).toBe(0)
    const rehearsed = within(WORK_MS, 'verify', '--restore', '--only', 'restore')
    expect(words(rehearsed)).toContain('✔ The newest backup can be restored up to now')
    expect(rehearsed.status).toBe(0)
    expect(within(WORK_MS, 'restore', '--to', 'latest').status).toBe(0)
    lab.must('restore', '--remove')
  })

  it('no drill begins', () => {
    const result = within(WORK_MS, 'drill', 'backup-outage')
    expect(words(result)).toContain('Nothing was touched.')
    expect(result.status).toBe(1)
  })

  it('up brings it back', () => {
    expect(within(WORK_MS, 'up').status).toBe(0)
  })
})

it('a drill that takes the synchronous standby away comes to its end', () => {
  const result = within(2 * WORK_MS, 'drill', 'slot-overflow')
  expect(words(result)).toContain('The lab is as it was')
  expect(result.status).toBe(0)
})

const SILENT = /master: PostgreSQL (did not answer|let nobody in) within \d+ s/

describe.each(['postmaster', 'every process'] as const)('of the primary the %s is stopped', (whom) => {
  let goOn = () => {}
  beforeAll(() => {
    goOn = hang('master', whom)
  })
  afterAll(() => {
    goOn()
    expectWell()
  })

  const LOOKS: readonly Expected[] = [
    ['status', 1, /✖ .*master.* did not answer within 4 s/],
    ['plan', 0, /inspect +master .*gives no answer/],
    ['verify', 1, SILENT],
    ['verify --only primary', 1, /master may be the primary and is still there/],
    ['backups', 0, /DONE/],
    ['drill check', 2, /No drill is waiting/],
    ['promote --dry-run', 0, /master/],
    ['switchover slave --dry-run', 2, /master|primary/],
    ['rejoin slave --dry-run', 2, /primary/],
    ['reinit slave --dry-run', 2, /primary/],
    ['psql master -c SELECT', 2, /timeout expired/],
    ['backup', 2, SILENT],
    ['load --seconds 2', 2, SILENT],
    ['verify --restore --only restore', 1, /exactly one server out of recovery/],
    ['drill failover', 2, SILENT],
  ]
  it.each(LOOKS)('%s ends, with %d', (command, status, says) => {
    const result = within(LOOK_MS, ...command.split(' '))
    expect(words(result)).toMatch(says)
    expect(result.status).toBe(status)
  })

  it('report is written, and says what did not answer', () => {
    const result = within(WORK_MS, 'report')
    expect(words(result)).toContain('The report is written, and says that')
    expect(result.status).toBe(1)
  })

  it('up ends and says who did not answer', () => {
    const result = within(WORK_MS, 'up')
    expect(words(result)).toMatch(/master: .*(timeout expired|did not answer)/)
    expect(result.status).not.toBe(0)
  })
})

describe('of a standby every process is stopped', () => {
  let goOn = () => {}
  beforeAll(() => {
    goOn = hang('slave', 'every process')
  })
  afterAll(() => {
    goOn()
    expectWell()
  })

  const LOOKS: readonly Expected[] = [
    ['status', 1, /✖ .*slave.* did not answer within 4 s/],
    ['plan', 0, /inspect +slave .*gives no answer/],
    ['verify', 1, /slave: PostgreSQL .* within \d+ s/],
    ['backups', 0, /DONE/],
    ['backup', 0, /is done/],
  ]
  it.each(LOOKS)('%s ends, with %d', (command, status, says) => {
    const result = within(LOOK_MS, ...command.split(' '))
    expect(words(result)).toMatch(says)
    expect(result.status).toBe(status)
  })
})

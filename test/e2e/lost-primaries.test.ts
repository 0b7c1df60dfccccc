import { afterAll, beforeAll, expect, it } from 'vitest'
import { failures, spawn, TestLab } from './support.ts'

/* A primary that does not answer, comes back, or is gone with its machine: nothing is given up unasked, and every way on that is told works. */
const lab = TestLab.create(
  'lost-primaries',
  `
export default {
  name: 'lost-primaries',
  provider: 'docker',
  os: 'debian-12',
  network: { subnet: '10.97.97.0/24' },
  master: { address: '10.97.97.11' },
  slaves: [{ name: 'slave', address: '10.97.97.12' }],
  backup: { address: '10.97.97.13' },
}
`,
)

const docker = (...args: string[]) => expect(spawn('docker', args).status).toBe(0)
const container = (name: string) => `lost-primaries-${name}`
const ROWS = 'SELECT string_agg(v, $$ $$ ORDER BY k) FROM dz'
const rows = (node: string) => lab.sql(node, ROWS, 'otus')
const insert = (node: string, v: string) => lab.sql(node, `INSERT INTO dz (v) VALUES ('${v}')`, 'otus')
const isStandby = (node: string) => lab.sql(node, 'SELECT pg_is_in_recovery()') === 't'
const root = (node: string, script: string) => lab.ssh(node, 'sudo', 'sh', '-c', script)
const postgresql = (node: string, verb: 'start' | 'stop') =>
  expect(root(node, `systemctl ${verb} postgresql@15-main`).status).toBe(0)

/** What a command that asks says where nobody can be asked. */
function refusal(...args: string[]): string {
  const { status, stderr } = lab.run(...args)
  expect(status, `${args.join(' ')}: ${stderr}`).toBe(2)
  return stderr
}

/** The first of our commands in a text, typed. */
function typeHint(text: string, verb: string): void {
  const command = new RegExp(`npx create-pg-lab (${verb}[^.;:,()\\n]*)`).exec(text)?.[1]?.trim()
  if (command === undefined) throw new Error(`${verb} is not told in: ${text}`)
  lab.must(...command.split(' '))
}

beforeAll(() => void lab.must('up'))
afterAll(() => lab.remove())

const WITH_BARMAN = ['--only', 'primary,replication,standby,slots,barman,wal,backups']

it('the newer timeline may be given up, and Barman, which had followed it, begins again', () => {
  postgresql('master', 'stop')
  lab.must('promote', 'slave')
  for (let turn = 0; turn < 20; turn += 1) insert('slave', 'newer')
  expect(failures(lab.verify('--only', 'wal').failed)).toEqual([])
  postgresql('slave', 'stop')
  expect(root('master', 'pg-lab-guard release').status).toBe(0)
  insert('master', 'older')

  const told = refusal('rejoin', 'slave')
  expect(told).toContain('20 transactions were committed in it')
  expect(told).toContain('npx create-pg-lab rejoin master')
  typeHint(told, 'rejoin slave --yes')
  expect(rows('slave')).toBe('older')
  expect(failures(lab.verify(...WITH_BARMAN).failed)).toEqual([])
})

it('the number of a timeline that was given up is not given again: Barman has WAL files with it', () => {
  const timeline = (node: string) =>
    Number(lab.sql(node, "SELECT ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::int"))
  const before = timeline('master')
  lab.must('switchover', 'slave')
  expect(timeline('slave')).toBe(before + 2)
  expect(failures(lab.verify(...WITH_BARMAN).failed)).toEqual([])
})

it('a primary that lets nobody in any more is not lost', () => {
  const fill = `cd /tmp; echo '\\sleep 1 s' >wait.sql
    setsid -f sudo -u postgres /usr/lib/postgresql/15/bin/pgbench -n -c 90 -T 900 -f wait.sql postgres >/dev/null 2>&1
    for turn in $(seq 60); do
      if sudo -u postgres psql -c 'SELECT 1' 2>&1 | grep 'too many'; then exit; fi
      setsid -f sudo -u postgres psql -qc 'SELECT pg_sleep(900)' >/dev/null 2>&1
    done`
  expect(lab.ask('slave', '', fill)).toContain('too many clients')
  const planned = lab.must('promote', '--dry-run').stdout
  expect(planned).toMatch(
    /slave runs and does not let us ask \(.*too many clients.*\): it may be the primary/,
  )
  expect(refusal('promote')).toContain('Nobody was promoted')
  expect(isStandby('master')).toBe(true)
  root('slave', 'pkill -x pgbench; pkill -x psql; true')
  spawn('sleep', ['5'])
  expect(isStandby('slave')).toBe(false)
})

it('nor is one that only we do not reach', () => {
  docker('exec', container('slave'), 'systemctl', 'stop', 'ssh.socket', 'ssh')
  docker('exec', container('slave'), 'pkill', '-x', 'sshd') // connections that are open outlive their service
  const planned = lab.must('promote', '--dry-run').stdout
  docker('exec', container('slave'), 'systemctl', 'start', 'ssh')
  expect(planned).toMatch(
    /slave does not answer us, and its PostgreSQL answers (master|backup): it may be the primary/,
  )
})

it('a machine that was paused comes back as a second primary: that was said, and the way on works', () => {
  docker('pause', container('slave'))
  const { stdout } = lab.must('promote')
  expect(stdout).toContain('one that was only paused or cut off goes on as a second primary')
  docker('unpause', container('slave'))
  insert('slave', 'paused')
  insert('master', 'promoted')
  expect(lab.verify('--only', 'primary').failed).not.toEqual([])
  expect(refusal('rejoin', 'slave')).toContain('1 transaction was committed in it')
  lab.must('rejoin', 'slave', '--yes')
  expect(rows('slave')).toBe('older promoted')
  expect(failures(lab.verify(...WITH_BARMAN).failed)).toEqual([])
})

it('a machine that was lost and made again is cloned', () => {
  docker('rm', '--force', '--volumes', container('master'))
  const { stdout } = lab.must('promote')
  expect(stdout).toContain('npx create-pg-lab rejoin master')
  insert('slave', 'alone')
  const told = refusal('rejoin', 'master')
  expect(told).toMatch(/master has no data; it is cloned from slave/)
  typeHint(told, 'rejoin master --yes')
  expect(rows('master')).toBe('older promoted alone')
  expect(failures(lab.verify().failed)).toEqual([])
})

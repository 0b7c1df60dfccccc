import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { changedCounts, failures, type Result, TestLab } from './support.ts'

/** Blocks as people paste them: PostgreSQL makes each of them something else, or nothing before a library is loaded. */
const SETTINGS = {
  wal_compression: 'on',
  wal_buffers: -1,
  tcp_keepalives_idle: 300,
  log_file_mode: 0o640,
  client_encoding: 'utf8',
  DateStyle: 'iso',
  work_mem: '0.5GB',
  checkpoint_completion_target: 0.7,
  log_min_duration_statement: '1 min',
  jit: false,
  search_path: '"$user", public',
  'pg_trgm.similarity_threshold': 0.4,
  'app.environment': 'teaching',
  'plpgsql.extra_warnings': 'all',
}

const config = (
  minimumRedundancy: number,
  settings: object = {},
  others?: { readonly hba: string[] },
  mirrors: object = {},
) =>
  `export default ${JSON.stringify({
    name: 'habits',
    provider: 'docker',
    os: 'debian-13',
    network: { subnet: '10.97.41.0/24' },
    backup: { minimumRedundancy },
    postgres: {
      locale: 'ru_RU.UTF-8',
      timezone: 'US/Eastern',
      hba: others?.hba ?? [],
      settings: { ...SETTINGS, ...settings },
    },
    replication: { otherSlots: others ? ['tap'] : [] },
    mirrors,
  })}\n`

const lab = TestLab.create('habits', config(2))
let up: Result

const backups = () =>
  lab.ssh('backup', 'sudo', '-u', 'barman', 'barman', 'list-backup', '--minimal', 'master')

beforeAll(() => {
  up = lab.must('up')
})

afterAll(() => lab.remove())

it('comes up verified', () => {
  expect(up.stdout).toContain('The lab is up and verified')
  expect(failures(lab.verify().failed)).toEqual([])
})

it('takes packages from a mirror while the config names one', () => {
  const sources = 'cat /etc/apt/sources.list.d/* /etc/apt/sources.list 2>/dev/null'
  // The usual place: as a mirror it comes and goes, and has what is asked for.
  const usual = "sed -n 's/^URIs: *//p; s/^deb \\(http[^ ]*\\) .*/\\1/p' | sort | head -n 1"
  const packages = lab.ask('backup', '', `{ ${sources}; } | ${usual}`).trim()
  expect(packages).toMatch(/^http/)
  const before = lab.ask('backup', '', sources)
  lab.configure(config(2, {}, undefined, { packages }))
  lab.must('up')
  expect(lab.ask('backup', '', 'cat /etc/apt/sources.list.d/pg-lab-mirror.sources')).toContain(
    `URIs: ${packages}\n`,
  )
  expect(lab.ask('backup', '', 'apt-get update >/dev/null && echo good')).toBe('good\n')
  lab.configure(config(2))
  lab.must('up')
  expect(lab.ask('backup', '', sources)).toBe(before)
})

it('changes nothing the second time', () => {
  expect(changedCounts(lab.upAnew().stdout)).toEqual({ master: 0, slave: 0, backup: 0 })
})

describe('a setting that is overridden', () => {
  it.each([
    ['ALTER SYSTEM SET work_mem = 8192', 'work_mem', /^8MB$/],
    ['ALTER ROLE student SET jit = on', 'jit', /ALTER ROLE student/],
    ["ALTER DATABASE otus SET app.environment = 'x'", 'app.environment', /ALTER DATABASE otus/],
  ])('by %s is found, and mended by what the hint says', (statement, name, observed) => {
    lab.sql('master', statement)
    lab.sql('master', 'SELECT pg_reload_conf()')
    const finding = lab.verify('--only', 'settings').failed.find(({ what }) => what === name)
    expect(finding?.observed).toMatch(observed)
    const [, words = ''] = / On master: (.*)$/.exec(finding?.hint ?? '') ?? []
    lab.ask('master', '', `cd / && ${words}`)
    expect(failures(lab.verify('--only', 'settings').failed)).toEqual([])
  })
})

it('has as many base backups as must be kept, also where more are asked for later', () => {
  expect(backups().stdout.trim().split('\n')).toHaveLength(2)
  lab.configure(config(3))
  expect(lab.must('plan').stdout).toContain('base backups: 1 more, as 3 must be kept and 2 are there')
  lab.must('up')
  expect(backups().stdout.trim().split('\n')).toHaveLength(3)
  expect(failures(lab.verify().failed)).toEqual([])
})

describe('settings with which no server would start', () => {
  const [FILE, RUNS] = [
    'sed -n "/^max_connections/p" /etc/postgresql/17/main/postgresql.conf',
    'SHOW max_connections',
  ]

  it.each([
    ['are refused before the file is written', { shared_preload_libraries: 'no_such' }, 'no_such.so'],
    [
      'are taken back where only the start shows it',
      { ssl_ciphers: 'no_such' },
      'It runs again with the postgresql.conf it had',
    ],
  ])('%s', (_, settings, said) => {
    lab.configure(config(3, { max_connections: 130, ...settings }))
    const { status, stdout, stderr } = lab.run('up')
    expect([status, stdout + stderr]).toEqual([3, expect.stringContaining(said)])
    for (const node of ['master', 'slave']) {
      expect([lab.sql(node, RUNS), lab.ask(node, '', FILE)]).toEqual(['100', ''])
    }
    lab.configure(config(3))
    lab.must('up')
    expect(lab.ask('master', '', 'ls /etc/postgresql/17/main')).not.toContain('before')
  })
})

it('sorts and restores in Russian', () => {
  expect(lab.sql('master', 'SELECT datcollate FROM pg_database WHERE datname = current_database()')).toBe(
    'ru_RU.UTF-8',
  )
  lab.must('verify', '--restore')
})

it('tells the time as New York does', () => {
  expect(lab.sql('slave', 'SHOW timezone')).toBe('US/Eastern')
})

describe('servers that serve others too', () => {
  const hba = ['hostssl shop app 10.97.41.0/24 scram-sha-256', 'hostssl all all 10.97.41.0/24 scram-sha-256']
  const psql = (user: string, database: string) => {
    const line = `PGPASSWORD=theirs psql -X -h 10.97.41.150 -U ${user} -d ${database} -tAc 'SELECT 1' 2>&1`
    return lab.ask('slave', '', line).trim()
  }

  it('let their clients in, and leave their slots, roles and databases alone', () => {
    lab.sql('master', "CREATE ROLE app LOGIN PASSWORD 'theirs'")
    lab.sql('master', 'CREATE DATABASE shop OWNER app')
    expect(psql('app', 'shop')).toMatch(/no pg_hba\.conf entry/)
    lab.configure(config(3, { wal_level: 'logical' }, { hba }))
    const plan = lab.must('plan').stdout
    expect(plan).toContain('pg_hba.conf lets in app from 10.97.41.0, all from 10.97.41.0')
    lab.must('up')
    lab.sql('master', 'CREATE PUBLICATION theirs', 'shop')
    lab.sql('master', "SELECT pg_create_logical_replication_slot('tap', 'pgoutput')", 'shop')
    expect(psql('app', 'shop')).toBe('1')
    // The lab's own roles come from where they belong, whatever a line for all says.
    expect(psql('replica', 'shop')).toMatch(/pg_hba\.conf rejects connection/)
    expect(changedCounts(lab.upAnew().stdout)).toEqual({ master: 0, slave: 0, backup: 0 })
    const { failed, findings } = lab.verify()
    expect(failures(failed)).toEqual([])
    expect(findings.find(({ what }) => what === 'slot tap')?.observed).toMatch(/^logical, inactive/)
    expect(lab.sql('master', "SELECT count(*) FROM pg_replication_slots WHERE slot_name = 'tap'")).toBe('1')
  })

  it('are told as surplus where the config does not name them', () => {
    lab.configure(config(3, { wal_level: 'logical' }))
    lab.must('generate')
    const [finding] = lab.verify('--only', 'slots').failed
    expect([finding?.what, finding?.hint]).toEqual([
      'slot tap',
      expect.stringContaining('replication.otherSlots'),
    ])
  })
})

describe('login shells that quote in their own way', () => {
  beforeAll(() => lab.configure(config(3, { wal_level: 'logical' }, { hba: [] }))) // the slot of others is still there

  it.each(['fish', 'tcsh'])('%s is gone in by, by us and by Ansible', (shell) => {
    for (const node of ['slave', 'backup']) {
      lab.ask(node, '', `apt-get update -q && apt-get install -qy --no-install-recommends ${shell}`)
      lab.ask(node, '', `usermod --shell /usr/bin/${shell} vagrant`)
      lab.spawn('ssh', '-F', '.pg-lab/ssh_config', '-O', 'exit', node) // the next connection has the new shell
    }
    lab.must('up')
    expect(changedCounts(lab.upAnew().stdout)).toEqual({ master: 0, slave: 0, backup: 0 })
    expect(failures(lab.verify().failed)).toEqual([])
    expect(lab.must('ssh', 'slave', '--', 'echo $version').stdout).toMatch(/\d+\.\d+\.\d+/)
  })
})

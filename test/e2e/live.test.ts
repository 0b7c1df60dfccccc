import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { PlanItem } from '../../src/plan/plan-item.ts'
import { spawn, TestLab } from './support.ts'

const SLAVE = "{ name: 'slave', address: '10.97.60.12' }"
const SLAVE2 = "{ name: 'slave2', address: '10.97.60.13', upstream: 'slave' }"

/** What the steps change, one after the other. */
interface Changes {
  readonly settings?: string
  readonly slaves?: string
  readonly replication?: string
  readonly version?: string
  readonly backup?: string
}

function configOf({
  settings = "work_mem: '8MB'",
  slaves = SLAVE,
  replication = '',
  version = '',
  backup = "{ address: '10.97.60.20' }",
}: Changes): string {
  return `
import { defineCluster } from 'create-pg-lab'

export default defineCluster({
  name: 'live',
  provider: 'docker',
  os: 'debian-12',
  network: { subnet: '10.97.60.0/24' },
  master: { address: '10.97.60.11' },
  slaves: [${slaves}],
  backup: ${backup},
  postgres: { settings: { ${settings} }, ${version} },
  replication: { ${replication} },
})
`
}

const lab = TestLab.create('live', configOf({}))
/** What nothing of all this may change: the cluster, its rows, and the day its data directories were filled. */
let before: readonly string[]

const IDENTITY = 'SELECT system_identifier FROM pg_control_system()'
const ROWS = 'SELECT count(*) FROM dz'
const MADE_AT = "SELECT (pg_stat_file('PG_VERSION')).modification"
const SLOTS = 'SELECT slot_name, active FROM pg_replication_slots ORDER BY 1'
const STARTED_AT = 'SELECT extract(epoch FROM pg_postmaster_start_time())'

const identity = () => [
  lab.sql('master', IDENTITY),
  lab.sql('master', ROWS, 'otus'),
  lab.sql('master', MADE_AT),
  lab.sql('slave', MADE_AT),
]
const startedAt = () => ['slave', 'master'].map((node) => Number(lab.sql(node, STARTED_AT)))

beforeAll(() => {
  lab.must('up')
  lab.sql('master', "INSERT INTO dz (v) SELECT 'kept' FROM generate_series(1, 1000)", 'otus')
  before = identity()
})

afterAll(() => {
  lab.remove()
})

/** What `plan` says of machines and servers, and which files it would write. */
function plan(): { readonly told: readonly string[]; readonly files: readonly string[] } {
  const { items } = JSON.parse(lab.must('plan', '--json').stdout) as { items: PlanItem[] }
  const files = items.filter(({ kind }) => kind === 'file').map(({ text }) => text)
  const rest = items.filter(({ kind }) => kind !== 'file')
  return { told: rest.map(({ action, node, text }) => `${action} ${node}: ${text}`), files }
}

const VARS = 'provisioning/group_vars/all/00-cluster.yml'
const MACHINES = ['Vagrantfile', 'provisioning/inventory.yml', VARS]

/** Changes the config and says what that will do. */
function planned(changes: Changes): ReturnType<typeof plan> {
  lab.configure(configOf(changes))
  return plan()
}

/**
 * The end of every step: nothing changed by a second run, nothing lost. That nothing is left to do, the plan of the
 * next step shows: it tells that step alone.
 */
function expectSettled(): void {
  expectUnchanged()
  expect(identity()).toEqual(before)
}

function expectUnchanged(): void {
  const recap = lab.must('provision').stdout.trim().split('\n').at(-1) ?? ''
  const counts = [...recap.matchAll(/changed=(\d+)/g)].map(([, count]) => count)
  expect(new Set(counts)).toEqual(new Set(['0']))
}

function up(...options: string[]): string {
  const { stdout } = lab.must('up', ...options)
  expect(stdout).toContain('The lab is up and verified')
  return stdout
}

describe('a live lab follows its config', () => {
  it('reloads every server for work_mem', () => {
    const settings = "work_mem: '16MB'"
    expect(planned({ settings })).toEqual({
      files: [VARS],
      told: ['reload master: work_mem 8MB → 16MB', 'reload slave: work_mem 8MB → 16MB'],
    })
    const started = startedAt()
    up()
    expect(['master', 'slave'].map((node) => lab.sql(node, 'SHOW work_mem'))).toEqual(['16MB', '16MB'])
    expect(startedAt()).toEqual(started)
    expectSettled()
  })

  it('reloads a server for which a run has written a file and was cut off before the reload', () => {
    const edit = (from: string, to: string) =>
      lab.ask('slave', '', `sed -i '/^work_mem/s/${from}/${to}/' /etc/postgresql/15/main/postgresql.conf`)
    edit('16MB', '7MB')
    lab.sql('slave', 'SELECT pg_reload_conf(), pg_sleep(1.1)') // a file's time is told in seconds
    edit('7MB', '16MB')
    expect(lab.sql('slave', 'SHOW work_mem')).toBe('7MB')
    up()
    expect(lab.sql('slave', 'SHOW work_mem')).toBe('16MB')
    expectSettled()
  })

  const settings = "work_mem: '16MB', max_connections: 120"

  it('restarts the standby, then the primary, for more max_connections', () => {
    expect(planned({ settings })).toEqual({
      files: [VARS],
      told: ['restart slave: max_connections 100 → 120', 'restart master: max_connections 100 → 120'],
    })
    const changedAt = Date.now() / 1000
    up()
    const [slave = 0, master = 0] = startedAt()
    expect(slave).toBeGreaterThan(changedAt)
    expect(master).toBeGreaterThan(slave)
    expect(['master', 'slave'].map((node) => lab.sql(node, 'SHOW max_connections'))).toEqual(['120', '120'])
    expectSettled()
  })

  const slaves = `${SLAVE}, ${SLAVE2}`

  it('adds a slave that streams from the other one', () => {
    expect(planned({ settings, slaves })).toEqual({
      files: MACHINES,
      told: [
        'create slave2: Debian 12, 10.97.60.13, 1024 MB, 1 processor, on docker',
        'reload slave: pg_hba.conf lets in replica from 10.97.60.13, student from 10.97.60.13',
        'reload master: pg_hba.conf lets in replica from 10.97.60.13, student from 10.97.60.13',
        'add slave: slot slave2_slot for slave2',
        'add slave2: a clone of slave, streaming through slave2_slot',
        'change backup: gets the passwords for slave2',
      ],
    })
    const started = startedAt()
    up()
    expect(lab.sql('slave', 'SELECT application_name FROM pg_stat_replication')).toBe('slave2')
    expect(lab.sql('slave2', ROWS, 'otus')).toBe('1000')
    expect(startedAt()).toEqual(started)
    expectSettled()
  })

  const replication = "mode: 'sync'"

  it('makes the slave that follows the master itself synchronous', () => {
    expect(planned({ settings, slaves, replication })).toEqual({
      files: [VARS],
      told: ['reload master: commits wait for FIRST 1 ("slave") instead of nobody'],
    })
    up()
    expect(
      lab.sql('master', "SELECT application_name FROM pg_stat_replication WHERE sync_state = 'sync'"),
    ).toBe('slave')
    expectSettled()
  })

  it('gives every user a new password', () => {
    const password = () => readFileSync(join(lab.directory, '.pg-lab/secrets/student'), 'utf8').trim()
    const login = (secret: string) =>
      spawn('psql', ['-w', '-X', 'postgresql://student@10.97.60.11:5432/otus', '-A', '-t', '-c', ROWS], {
        env: { ...process.env, PGPASSWORD: secret },
      })
    const old = password()
    expect(login(old).stdout).toBe('1000\n')
    const { stdout } = lab.must('rotate')
    expect(stdout).toContain('New passwords: replica, student, barman, barman_streaming.')
    expect(password()).not.toBe(old)
    expect(login(old).stderr).toContain('password authentication failed')
    expect(login(password()).stdout).toBe('1000\n')
    expectSettled()
  })

  it('parts with a slave: its slot and its machine go', () => {
    expect(planned({ settings, replication })).toEqual({
      files: MACHINES,
      told: [
        'reload master: pg_hba.conf no longer lets in replica from 10.97.60.13, student from 10.97.60.13',
        'reload slave: pg_hba.conf no longer lets in replica from 10.97.60.13, student from 10.97.60.13',
        'remove slave: slot slave2_slot: nobody follows through it now',
        'change backup: loses the passwords for 10.97.60.13',
        'remove slave2: it is not in the config: stopped at the end and, after a question, deleted with its data',
      ],
    })
    up('--yes')
    expect(lab.sql('slave', 'SELECT count(*) FROM pg_replication_slots')).toBe('0')
    expect(spawn('docker', ['ps', '-a', '--format', '{{.Names}}']).stdout.split('\n')).not.toContain(
      'live-slave2',
    )
    expectSettled()
  })

  it('lets a slave replay a minute late, and verifies it all the same', () => {
    const late = "{ name: 'slave', address: '10.97.60.12', applyDelay: '1min' }"
    expect(planned({ settings, replication, slaves: late })).toEqual({
      files: [VARS],
      told: ['reload slave: recovery_min_apply_delay 0 → 1min'],
    })
    up()
    lab.sql('master', "INSERT INTO dz (v) VALUES ('late')", 'otus')
    expect(lab.sql('slave', ROWS, 'otus')).toBe('1000')
    lab.sql('master', "DELETE FROM dz WHERE v = 'late'", 'otus')
    expectSettled()
    expect(plan()).toEqual({ told: [], files: [] })
  })

  it('moves a slave to another address, and parts with the backup host', () => {
    const { told } = planned({ slaves: "{ name: 'slave', address: '10.97.60.14' }", backup: 'false' })
    expect(told).toEqual(
      expect.arrayContaining([
        'recreate slave: its address becomes 10.97.60.14: deleted with its data, after a question, and made again',
        'add slave: a clone of master, streaming through slave_slot',
        'remove master: slot barman: nobody follows through it now',
        'remove backup: it is not in the config: stopped at the end and, after a question, deleted with all backups',
      ]),
    )
    up('--yes', '--delete', 'backup')
    expect(lab.sql('slave', ROWS, 'otus')).toBe('1000')
    expect(lab.sql('master', SLOTS)).toBe('slave_slot|t')
    expectUnchanged()
  })

  it('gives a slave another name, and has a backup host again', () => {
    const { told } = planned({ slaves: "{ name: 'replica1', address: '10.97.60.14' }" })
    expect(told).toEqual(
      expect.arrayContaining([
        'remove slave: another machine has its address now: deleted with its data, after a question',
        'create replica1: Debian 12, 10.97.60.14, 1024 MB, 1 processor, on docker',
        'remove master: slot slave_slot: nobody follows through it now',
        'create backup: Debian 12, 10.97.60.20, 1024 MB, 1 processor, on docker',
        'add backup: Barman receives the WAL of master through barman and takes its first base backup',
      ]),
    )
    up('--yes')
    expect(lab.sql('replica1', ROWS, 'otus')).toBe('1000')
    expect(lab.sql('master', SLOTS)).toBe('barman|t\nreplica1_slot|t')
    expectUnchanged()
    expect(plan()).toEqual({ told: [], files: [] })
  })

  it('refuses another major before it touches anything, and says what to do instead', () => {
    lab.configure(configOf({ version: "version: 17, repository: 'pgdg'" }))
    const planned = lab.run('plan')
    expect({ status: planned.status, stdout: planned.stdout }).toEqual({
      status: 2,
      stdout: expect.stringContaining('PostgreSQL 15 holds the data, and the config asks for 17'),
    })
    const refused = lab.run('up')
    expect(refused.status).toBe(2)
    expect(refused.stderr).toContain('put postgres.version 15 back')
    expect(readFileSync(join(lab.directory, VARS), 'utf8')).toContain('postgres_version: 15')
    expect(lab.sql('master', ROWS, 'otus')).toBe('1000')
  })
})

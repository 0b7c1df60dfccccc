import { describe, expect, test } from 'vitest'
import type { Lab } from '../../src/lab.ts'
import { testBackup, testLab, testMaster, testSlave } from '../support/lab.ts'
import { planOf, type Twist, told } from './scene.ts'

const lab = testLab({ backup: testBackup({ compression: 'none' }) })
const slave2 = testSlave({
  name: 'slave2',
  address: '192.168.11.153',
  slot: 'slave2_slot',
  upstream: 'slave',
})
const cascade: Lab = { ...lab, slaves: [...lab.slaves, slave2] }

const withSettings = (settings: Lab['postgres']['settings'], of: Lab = lab): Lab => ({
  ...of,
  postgres: { ...of.postgres, settings: { ...of.postgres.settings, ...settings } },
})
const synchronous = (of: Lab = lab): Lab => ({
  ...of,
  replication: { ...of.replication, synchronousCount: 1 },
})
const withSlave = (changes: Partial<Lab['slaves'][number]>, of: Lab = lab): Lab => ({
  ...of,
  slaves: of.slaves.map((slave) => (slave.name === 'slave' ? { ...slave, ...changes } : slave)),
})

describe('a lab', () => {
  test('that is as the config asks has nothing to do', async () => {
    expect(await told(lab, lab)).toEqual([])
    expect(await told(cascade, cascade)).toEqual([])
  })

  test('that does not exist yet is made from its machines to its first backup', async () => {
    const missing = ['master', 'slave', 'backup']
    expect(await told(lab, lab, { missing })).toEqual([
      'create master: Debian 12, 192.168.11.150, 1024 MB, 1 processor, on docker',
      'create slave: Debian 12, 192.168.11.151, 1024 MB, 1 processor, on docker',
      'create backup: Debian 12, 192.168.11.152, 512 MB, 1 processor, on docker',
      'add master: a new cluster of PostgreSQL 15: users replica, replica_rewind, student, barman, barman_streaming; database otus',
      'add slave: a clone of master, streaming through slave_slot',
      'add backup: Barman receives the WAL of master through barman and takes its first base backup',
    ])
  })

  test('whose machines are stopped is started, and says what it cannot know', async () => {
    expect(
      await told(lab, withSettings({ work_mem: '16MB' }), { silent: ['master', 'slave', 'backup'] }),
    ).toEqual([
      'start master: it does not answer',
      'start slave: it does not answer',
      'start backup: it does not answer',
      'inspect master: its server is not running: what changes there is seen only once it runs',
      'inspect slave: its server is not running: what changes there is seen only once it runs',
      'inspect backup: it is not running: what changes there is seen only once it runs',
    ])
  })

  test('whose PostgreSQL is down says so', async () => {
    const server = () => undefined
    expect(await told(lab, lab, { server })).toEqual([
      'inspect master: PostgreSQL does not answer: it is started, or set up if it is not there',
      'inspect slave: PostgreSQL does not answer: it is started, or set up if it is not there',
    ])
  })

  test('whose newest backup is older than the schedule allows takes the one that was missed', async () => {
    const endedAt = 'base/20261122T170901/backup.info:end_time=2026-11-22 17:09:09+00:00'
    const at = (now: number) =>
      `catalogue:\nnow ${now}\nbase/20261122T170901/backup.info:status=DONE\n${endedAt}\n`
    const ended = 1795367349
    expect(await told(lab, lab, { catalogue: at(ended + 27 * 3600) })).toEqual([
      'add backup: a base backup: the newest is 27 h old, and the schedule allows 26 h',
    ])
    expect(await told(lab, lab, { catalogue: at(ended + 25 * 3600) })).toEqual([])
  })

  test('whose base backups are to be copied otherwise takes a new full one; the catalogue stays', async () => {
    const other = { ...lab, backup: testBackup({ method: 'rsync', compression: 'none' }) }
    const taken = 'base/20261122T170901/backup.info:status=DONE\nbase/20261122T170901/backup.info:mode='
    expect(await told(lab, other, { catalogue: `catalogue:\n${taken}postgres\n` })).toEqual([
      'change backup: backup_method postgres → rsync',
      'add backup: a base backup: the newest was copied by postgres, and stays, as all in the catalogue',
    ])
    const catalogue = `catalogue:\n${taken}rsync-concurrent\n`
    expect(await told(other, other, { catalogue })).toEqual([])
  })

  test('with fewer backups than must be kept takes the rest', async () => {
    const kept = (minimumRedundancy: number) => ({ ...lab, backup: testBackup({ minimumRedundancy }) })
    const items = await told(kept(1), kept(3), {})
    expect(items).toContain('change backup: minimum_redundancy 1 → 3')
    expect(items).toContain('add backup: base backups: 2 more, as 3 must be kept and 1 are there')
  })

  const HUNG =
    'PostgreSQL runs there and gives no answer (PostgreSQL let nobody in within 10 s): what changes is not known, and up ends there'
  test.each([['master'], ['slave'], ['master', 'slave']])(
    'whose PostgreSQL hangs on %s %s is not told that there is nothing to do',
    async (...hung) => {
      expect(await told(lab, lab, { hung })).toEqual(hung.map((name) => `inspect ${name}: ${HUNG}`))
    },
  )

  test('whose primary is down, while a standby answers, neither', async () => {
    const server: Twist['server'] = (seen, { name }) => (name === 'master' ? undefined : seen)
    expect(await told(lab, lab, { server })).toEqual([
      'inspect master: PostgreSQL does not answer: it is started, or set up if it is not there',
    ])
  })
})

describe('a setting', () => {
  test('that needs a reload reloads every server', async () => {
    expect(await told(lab, withSettings({ work_mem: '16MB' }))).toEqual([
      'reload master: work_mem 8MB → 16MB',
      'reload slave: work_mem 8MB → 16MB',
    ])
  })

  test('that a standby must not have less of restarts the standbys first when it grows', async () => {
    expect(await told(cascade, withSettings({ max_connections: 200 }, cascade))).toEqual([
      'restart slave: max_connections 100 → 200',
      'restart slave2: max_connections 100 → 200',
      'restart master: max_connections 100 → 200',
    ])
  })

  test('… and last when it shrinks, also back to its default', async () => {
    const big = withSettings({ max_connections: 200 })
    expect(await told(big, withSettings({ max_connections: 150 }))).toEqual([
      'restart master: max_connections 200 → 150',
      'restart slave: max_connections 200 → 150',
    ])
    expect(await told(big, lab)).toEqual([
      'restart master: max_connections 200 → its default',
      'restart slave: max_connections 200 → its default',
    ])
  })

  test('said in other words costs a reload, for the value is the same', async () => {
    expect(
      await told(withSettings({ max_connections: 100 }), withSettings({ max_connections: '1e2' })),
    ).toEqual(['reload master: max_connections 100 → 1e2', 'reload slave: max_connections 100 → 1e2'])
  })

  test('that waits for a restart already gets it with any reload, and without one keeps waiting', async () => {
    const twist = {
      server: (server: Parameters<NonNullable<Parameters<typeof told>[2]>['server'] & object>[0]) => ({
        ...server,
        settings: server.settings.map((row) => ({ ...row, pending_restart: row.name === 'wal_level' })),
      }),
    }
    expect(await told(lab, lab, twist)).toEqual([])
    expect(await told(lab, withSettings({ work_mem: '16MB' }), twist)).toEqual([
      'restart master: work_mem 8MB → 16MB; wal_level waits for it',
      'restart slave: work_mem 8MB → 16MB; wal_level waits for it',
    ])
  })
})

describe('a slave', () => {
  test('that is new gets a machine, a slot on its upstream and a clone; everyone lets it in', async () => {
    expect(await told(lab, cascade)).toEqual([
      'create slave2: Debian 12, 192.168.11.153, 1024 MB, 1 processor, on docker',
      'reload slave: pg_hba.conf lets in replica from 192.168.11.153, replica_rewind from 192.168.11.153, student from 192.168.11.153',
      'reload master: pg_hba.conf lets in replica from 192.168.11.153, replica_rewind from 192.168.11.153, student from 192.168.11.153',
      'add slave: slot slave2_slot for slave2',
      'add slave2: a clone of slave, streaming through slave2_slot',
      'change backup: gets the passwords for slave2',
    ])
  })

  test('that the config lost leaves the synchronous ones, then its slot, then its machine goes', async () => {
    const was = synchronous({
      ...cascade,
      slaves: [...lab.slaves, { ...slave2, upstream: 'master' }],
    })
    expect(await told(was, synchronous())).toEqual([
      'reload master: pg_hba.conf no longer lets in replica from 192.168.11.153, replica_rewind from 192.168.11.153, student from 192.168.11.153',
      'reload slave: pg_hba.conf no longer lets in replica from 192.168.11.153, replica_rewind from 192.168.11.153, student from 192.168.11.153',
      'reload master: commits wait for FIRST 1 ("slave") instead of FIRST 1 ("slave", "slave2")',
      'remove master: slot slave2_slot: nobody follows through it now',
      'change backup: loses the passwords for 192.168.11.153',
      'remove slave2: it is not in the config: stopped at the end and, after a question, deleted with its data',
    ])
  })

  test('that the config lost and that does not answer: the files that were written last know its slot', async () => {
    const silent = { silent: ['slave2'] }
    expect(await told(cascade, lab, silent)).toContain(
      'remove slave: slot slave2_slot: nobody follows through it now',
    )
    expect((await told(cascade, lab, { ...silent, forgotten: true })).join('\n')).not.toContain('slave2_slot')
  })

  test('whose upstream changes gets a slot there, and the old one goes', async () => {
    const direct = { ...cascade, slaves: [...lab.slaves, { ...slave2, upstream: 'master' }] }
    expect(await told(cascade, direct)).toEqual([
      'add master: slot slave2_slot for slave2',
      'reload slave2: upstream slave → master',
      'remove slave: slot slave2_slot: nobody follows through it now',
    ])
  })

  test('becomes synchronous and asynchronous again', async () => {
    const sync = synchronous()
    expect(await told(lab, sync)).toEqual([
      'reload master: commits wait for FIRST 1 ("slave") instead of nobody',
    ])
    expect(await told(sync, lab)).toEqual([
      'reload master: commits wait for nobody instead of FIRST 1 ("slave")',
    ])
  })

  test('replays late, later, and at once again', async () => {
    const late = withSlave({ applyDelay: '1min' })
    expect(await told(lab, late)).toEqual(['reload slave: recovery_min_apply_delay 0 → 1min'])
    expect(await told(late, withSlave({ applyDelay: '2min' }))).toEqual([
      'reload slave: recovery_min_apply_delay 1min → 2min',
    ])
    expect(await told(late, lab)).toEqual(['reload slave: recovery_min_apply_delay 1min → its default'])
  })

  test('that is renamed is removed and added; its address is needed first', async () => {
    const renamed = withSlave({ name: 'replica1', slot: 'replica1_slot' })
    const plan = await told(lab, renamed)
    expect(plan.slice(0, 2)).toEqual([
      'remove slave: another machine has its address now: deleted with its data, after a question',
      'create replica1: Debian 12, 192.168.11.151, 1024 MB, 1 processor, on docker',
    ])
    expect(plan).toContain('remove master: slot slave_slot: nobody follows through it now')
  })

  test('that gets another address is made again and cloned', async () => {
    expect(await told(lab, withSlave({ address: '192.168.11.99' }))).toEqual([
      'recreate slave: its address becomes 192.168.11.99: deleted with its data, after a question, and made again',
      expect.stringContaining('reload master: pg_hba.conf lets in replica from 192.168.11.99'),
      'add slave: a clone of master, streaming through slave_slot',
      'change backup: gets the passwords for slave',
      'change backup: loses the passwords for 192.168.11.151',
    ])
  })
})

describe('memory and processors', () => {
  const bigger = { ...lab, master: testMaster({ memoryMb: 2048, cpus: 2 }) }

  test('of containers change while they run', async () => {
    expect(await told(lab, bigger)).toEqual([
      'change master: memory 1024 → 2048 MB, processors 1 → 2: while it runs',
    ])
  })

  test('of virtual machines need a restart; what their kernel counts a little off is the same', async () => {
    const vm = { ...lab, provider: 'virtualbox' } as const
    expect(await told(vm, { ...bigger, provider: 'virtualbox' })).toEqual([
      'restart master: memory 1024 → 2048 MB, processors 1 → 2: the machine is restarted, and its server with it',
    ])
    expect(await told(vm, { ...vm, master: testMaster({ memoryMb: 1100 }) })).toEqual([])
  })

  test('that the user has written into the Vagrantfile himself are his', async () => {
    const edit = (text: string) =>
      text.replace('memory: 1024, cpus: 1, group: "masters"', 'memory: 1536, cpus: 1, group: "masters"')
    expect(await told(lab, lab, { edit })).toEqual(['change master: memory 1024 → 1536 MB: while it runs'])
    expect(await told(lab, bigger, { edit: (text) => text.replace('#{node[:memory]}m', '4g') })).toEqual([])
    expect(await told(lab, bigger, { local: 'v.memory = 4096\n' })).toEqual([])
  })
})

describe('the name of the lab', () => {
  test('stays with the machines that are there', async () => {
    expect(await told(lab, { ...lab, name: 'other' })).toEqual(
      ['master', 'slave', 'backup'].map(
        (name) =>
          `keep ${name}: Docker goes on calling it otus-${name}; what is made from now on is called other-…`,
      ),
    )
  })
})

describe('the backup host', () => {
  test('keeps and takes backups as the config says now', async () => {
    const wanted = {
      ...lab,
      backup: testBackup({ retentionPolicy: 'REDUNDANCY 3', schedule: '30 4 * * *', compression: 'none' }),
    }
    expect(await told(lab, wanted)).toEqual([
      'change backup: retention_policy RECOVERY WINDOW OF 7 DAYS → REDUNDANCY 3',
      'change backup: schedule of the base backup 0 3 * * * → 30 4 * * *',
    ])
  })

  test('under another name begins again, through the same slot', async () => {
    const renamed = { ...lab, backup: testBackup({ name: 'vault', compression: 'none' }) }
    expect(await told(lab, renamed)).toEqual([
      'remove backup: another machine has its address now: deleted with all backups, after a question',
      'create vault: Debian 12, 192.168.11.152, 512 MB, 1 processor, on docker',
      'add vault: Barman receives the WAL of master through barman and takes its first base backup',
    ])
  })

  test('goes with its backups', async () => {
    const without = { ...lab, backup: undefined }
    const plan = await told(lab, without)
    expect(plan).toContain('remove master: slot barman: nobody follows through it now')
    expect(plan.at(-1)).toBe(
      'remove backup: it is not in the config: stopped at the end and, after a question, deleted with all backups',
    )
  })
})

describe('a slot that is renamed', () => {
  test('of a slave is made, used, and the old one goes', async () => {
    expect(await told(lab, withSlave({ slot: 'third' }))).toEqual([
      'add master: slot third for slave',
      'reload slave: primary_slot_name slave_slot → third',
      'remove master: slot slave_slot: nobody follows through it now',
    ])
  })

  test("of Barman's likewise", async () => {
    const wanted = { ...lab, backup: testBackup({ slot: 'bart', compression: 'none' }) }
    expect(await told(lab, wanted)).toEqual([
      'add master: slot bart for Barman',
      'remove master: slot barman: nobody follows through it now',
      'change backup: slot_name barman → bart',
      'change backup: receive-wal is started again',
    ])
  })
})

describe('users and databases', () => {
  test('that are new are made, what is there stays', async () => {
    const wanted = { ...lab, database: { name: 'shop', owner: 'keeper', table: 'goods' } }
    expect(await told(lab, wanted)).toEqual([
      'reload master: pg_hba.conf lets in keeper locally, keeper from 192.168.11.1, 192.168.11.150, 192.168.11.151, 192.168.11.152; pg_hba.conf no longer lets in student locally, student from 192.168.11.1, 192.168.11.150, 192.168.11.151, 192.168.11.152',
      'add master: user keeper',
      'add master: database shop with the empty table goods',
      'keep master: user student, database otus: no longer in the config, and for you to drop',
      'reload slave: pg_hba.conf lets in keeper locally, keeper from 192.168.11.1, 192.168.11.150, 192.168.11.151, 192.168.11.152; pg_hba.conf no longer lets in student locally, student from 192.168.11.1, 192.168.11.150, 192.168.11.151, 192.168.11.152',
    ])
  })
})

test('a table that is renamed begins empty, and the old one stays', async () => {
  expect(await told(lab, { ...lab, database: { ...lab.database, table: 'goods' } })).toEqual([
    'add master: the empty table goods in the database otus',
    'keep master: table dz: no longer in the config, and for you to drop',
  ])
})

test('another owner gets the database and its table', async () => {
  expect(await told(lab, { ...lab, database: { ...lab.database, owner: 'keeper' } })).toEqual(
    expect.arrayContaining([
      'add master: user keeper',
      'change master: owner of the database otus student → keeper',
      'change master: owner of the table dz student → keeper',
      'keep master: user student: no longer in the config, and for you to drop',
    ]),
  )
})

test('other users of Barman are made, and it connects as them', async () => {
  const backup = testBackup({ user: 'bart', streamingUser: 'bart_stream', compression: 'none' })
  const plan = await told(lab, { ...lab, backup })
  expect(plan).toEqual(
    expect.arrayContaining([
      'add master: user bart',
      'add master: user bart_stream',
      'keep master: user barman, user barman_streaming: no longer in the config, and for you to drop',
      'change backup: conninfo: bart at 192.168.11.150',
      'change backup: streaming_conninfo: bart_stream at 192.168.11.150',
      'change backup: receive-wal is started again',
    ]),
  )
})

describe('after a failover', () => {
  const primary = 'slave'

  test('the plan goes by the servers: all follow the primary of today', async () => {
    expect(await told(lab, withSettings({ max_connections: 200 }), { primary })).toEqual([
      'restart master: max_connections 100 → 200',
      'restart slave: max_connections 100 → 200',
      expect.stringMatching(/^change backup: conninfo: barman at 192.168.11.151$/),
      expect.stringMatching(/^change backup: streaming_conninfo/),
      'change backup: receive-wal is started again',
    ])
  })

  test('the primary of today cannot be removed', async () => {
    expect(await planOf(lab, { ...lab, slaves: [] }, { primary })).toEqual([
      {
        kind: 'server',
        node: 'slave',
        action: 'refuse',
        text: 'it is not in the config any more, but it is the primary today',
        hint: expect.stringContaining('npx create-pg-lab switchover master'),
      },
    ])
  })
})

import { afterAll, beforeAll, expect, it } from 'vitest'
import { changedCounts, type Result, TestLab } from './support.ts'

/** Nothing here is a default, so a default that is written down twice shows itself. */
const lab = TestLab.create(
  'second',
  `
import { defineCluster } from 'create-pg-lab'

export default defineCluster({
  name: 'second',
  provider: 'docker',
  network: { subnet: '10.97.40.0/24' },
  master: { name: 'pg1', address: '10.97.40.11' },
  slaves: [
    { name: 'pg2', address: '10.97.40.12' },
    { name: 'pg-3', address: '10.97.40.13', slot: 'third', settings: { work_mem: '9MB', hot_standby_feedback: true } },
  ],
  backup: {
    name: 'vault', address: '10.97.40.20', server: 'shop', user: 'bart', streamingUser: 'bart_stream',
    slot: 'bart', retention: '3 backups', schedule: '30 4 * * 0', compression: 'gzip',
  },
  postgres: { settings: { work_mem: '6MB', log_min_duration_statement: 500 }, timezone: 'Europe/Moscow' },
  replication: { user: 'streamer', mode: 'sync', synchronous: 1, maxSlotWalKeepSize: '1GB' },
  database: { name: 'shop', owner: 'keeper', table: 'goods' },
})
`,
)
let up: Result

beforeAll(() => {
  up = lab.must('up')
})

afterAll(() => lab.remove())

it('comes up verified under other names', () => {
  expect(up.stdout).toContain('The lab is up and verified')
  expect(lab.verify().failed).toEqual([])
})

it('waits for one of its two standbys', () => {
  expect(lab.sql('pg1', 'SELECT application_name, sync_state FROM pg_stat_replication ORDER BY 1')).toBe(
    'barman_receive_wal|async\npg-3|potential\npg2|sync',
  )
})

it('has its own database, slots and Barman server', () => {
  lab.sql('pg1', "INSERT INTO goods (v) VALUES ('tea')", 'shop')
  expect(lab.sql('pg-3', 'SELECT v FROM goods', 'shop')).toBe('tea')
  expect(lab.sql('pg1', 'SELECT slot_name FROM pg_replication_slots WHERE active ORDER BY 1')).toBe(
    'bart\npg2_slot\nthird',
  )
  expect(lab.ssh('vault', 'sudo', '-u', 'barman', 'barman', 'check', 'shop').status).toBe(0)
})

it('gives a slave settings of its own', () => {
  const asked = (node: string) =>
    lab.sql(
      node,
      "SELECT concat_ws(' ', current_setting('work_mem'), current_setting('hot_standby_feedback'))",
    )
  expect(['pg1', 'pg2', 'pg-3'].map(asked)).toEqual(['6MB off', '6MB off', '9MB on'])
})

it('changes nothing the second time', () => {
  expect(changedCounts(lab.upAnew().stdout)).toEqual({ pg1: 0, pg2: 0, 'pg-3': 0, vault: 0 })
})

import { expect, test } from 'vitest'
import {
  isServerSetting,
  manualPage,
  serverSettings,
  settingManual,
} from '../../src/catalog/postgres-settings.ts'

test.each([
  [15, 'work_mem', 'runtime-config-resource.html#GUC-WORK-MEM'],
  [17, 'max_connections', 'runtime-config-connection.html#GUC-MAX-CONNECTIONS'],
  [12, 'wal_keep_segments', 'runtime-config-replication.html#GUC-WAL-KEEP-SEGMENTS'],
  [17, 'autovacuum_naptime', 'runtime-config-autovacuum.html#GUC-AUTOVACUUM-NAPTIME'],
  [18, 'autovacuum_naptime', 'runtime-config-vacuum.html#GUC-AUTOVACUUM-NAPTIME'],
  [18, 'autovacuum', 'runtime-config-vacuum.html#GUC-AUTOVACUUM'],
  [18, 'vacuum_cost_delay', 'runtime-config-vacuum.html#GUC-VACUUM-COST-DELAY'],
  [18, 'autovacuum_work_mem', 'runtime-config-resource.html#GUC-AUTOVACUUM-WORK-MEM'],
  [18, 'vacuum_buffer_usage_limit', 'runtime-config-resource.html#GUC-VACUUM-BUFFER-USAGE-LIMIT'],
  [19, 'wal_sender_shutdown_timeout', 'runtime-config-replication.html#GUC-WAL-SENDER-SHUTDOWN-TIMEOUT'],
  [19, 'io_min_workers', 'runtime-config-resource.html#GUC-IO-MIN-WORKERS'],
  [16, 'auto_explain.log_analyze', 'auto-explain.html'],
  [16, 'my_extension.x', 'runtime-config-custom.html'],
  [16, 'no_such_setting', 'runtime-config.html'],
])('the manual of PostgreSQL %i on %s', (version, setting, page) => {
  expect(settingManual(version, setting)).toBe(`https://www.postgresql.org/docs/${version}/${page}`)
})

test('every setting is once in the table, in lower case', () => {
  const names = serverSettings()
  expect(new Set(names).size).toBe(names.length)
  expect(names.filter((name) => !/^[a-z0-9_]+$/.test(name))).toEqual([])
  expect(names.length).toBeGreaterThan(340)
})

test('known settings', () => {
  expect(['work_mem', 'auto_explain.log_analyze'].every(isServerSetting)).toBe(true)
  expect(['wrok_mem', 'other.x', 'auto_explain', ''].some(isServerSetting)).toBe(false)
  expect(manualPage(15, 'warm-standby')).toBe('https://www.postgresql.org/docs/15/warm-standby.html')
})

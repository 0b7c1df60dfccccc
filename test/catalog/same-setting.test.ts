import { describe, expect, it } from 'vitest'
import { sameSetting } from '../../src/catalog/same-setting.ts'

const blocks = { name: 'shared_buffers', unit: '8kB', vartype: 'integer' }
const kilobytes = { name: 'work_mem', unit: 'kB', vartype: 'integer' }
const seconds = { name: 'checkpoint_timeout', unit: 's', vartype: 'integer' }
const milliseconds = { name: 'recovery_min_apply_delay', unit: 'ms', vartype: 'integer' }
const plain = { name: 'max_connections', unit: null, vartype: 'integer' }
const real = { name: 'checkpoint_completion_target', unit: null, vartype: 'real' }
const bool = { name: 'hot_standby', unit: null, vartype: 'bool' }
const choice = { name: 'synchronous_commit', unit: null, vartype: 'enum' }
const text = { name: 'shared_preload_libraries', unit: null, vartype: 'string' }
const style = { name: 'DateStyle', unit: null, vartype: 'string' }

describe('sameSetting', () => {
  it.each([
    ['128MB', blocks, '16384'],
    ['131072kB', blocks, '16384'],
    [16384, blocks, '16384'],
    ['0.5GB', blocks, '65536'],
    ['4MB', kilobytes, '4096'],
    ['4 MB', kilobytes, '4096'],
    ['5min', seconds, '300'],
    ['1h', seconds, '3600'],
    [300, seconds, '300'],
    ['1d', milliseconds, '86400000'],
    ['1500us', milliseconds, '2'],
    [-1, plain, '-1'],
    ['100', plain, '100'],
    ['0.90', real, '0.9'],
    [0.9, real, '0.9'],
    [true, bool, 'on'],
    ['yes', bool, 'on'],
    ['0', bool, 'off'],
    ['Remote_Apply', choice, 'remote_apply'],
    [true, choice, 'on'],
    ['auto_explain,pg_stat_statements', text, 'auto_explain, pg_stat_statements'],
    ['iso, dmy', style, 'ISO, DMY'],
  ])('%s is %o %s', (wanted, kind, setting) => {
    expect(sameSetting(wanted, { ...kind, setting })).toBe(true)
  })

  it.each([
    ['128MB', blocks, '16385'],
    ['128mb', blocks, '16384'],
    ['5min', blocks, '5'],
    ['banana', plain, '100'],
    ['', plain, '0'],
    [true, bool, 'off'],
    ['maybe', bool, 'on'],
    ['local', choice, 'on'],
    ['a', text, 'A'],
  ])('%s is not %o %s', (wanted, kind, setting) => {
    expect(sameSetting(wanted, { ...kind, setting })).toBe(false)
  })
})

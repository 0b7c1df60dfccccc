import { expect, test } from 'vitest'
import { ASKED_MAJORS } from '../../src/catalog/setting-facts.ts'
import { parseConfig } from '../../src/config/schema.ts'
import { checkServerSettings } from '../../src/resolve/server-settings.ts'

/** What is said of each setting: `name: message | hint`. */
function said(settings: Record<string, unknown>, major = 17): string[] {
  const parsed = parseConfig({ postgres: { settings } })
  if ('issues' in parsed) throw new Error(JSON.stringify(parsed.issues))
  const told: string[] = []
  checkServerSettings(parsed.config, major, (path, message, hint) => {
    told.push(`${path.replace('postgres.settings.', '')}: ${[message, hint].filter(Boolean).join(' | ')}`)
  })
  return told
}

test('a server of each major was asked', () => {
  expect(ASKED_MAJORS).toEqual([12, 13, 14, 15, 16, 17, 18, 19])
})

test.each([
  { work_mem: '8MB', maintenance_work_mem: 65536, effective_cache_size: '0.5GB', temp_buffers: '1024' },
  {
    wal_compression: 'on',
    synchronous_commit: true,
    huge_pages: 'try',
    log_min_messages: 'debug',
    compute_query_id: 'auto',
  },
  { wal_buffers: -1, tcp_keepalives_idle: 300, log_file_mode: 0o640, checkpoint_timeout: '15min', jit: 'f' },
  {
    random_page_cost: 1.1,
    seq_page_cost: '0x1',
    autovacuum_vacuum_cost_delay: '2ms',
    vacuum_cost_delay: 0.5,
  },
  {
    DateStyle: 'iso',
    search_path: '"$user", public',
    'pg_trgm.similarity_threshold': 0.4,
    'app.environment': 'x',
  },
  { log_min_duration_statement: '1 min', statement_timeout: '30s', log_file_mode: '0640' },
])('takes %j', (settings) => {
  expect(said(settings)).toEqual([])
})

test.each([
  [{ wrok_mem: '8MB' }, 'wrok_mem: is no setting of PostgreSQL 17 | did you mean work_mem?'],
  [
    { work_mem: 'much' },
    'work_mem: must be a whole number from 64 to 2147483647, counted in kB where no unit is given; "much" was given',
  ],
  [{ work_mem: '1kB' }, 'work_mem: must be a whole number from 64 to'],
  [{ work_mem: '8mb' }, 'work_mem: must be a whole number'],
  [{ work_mem: '5min' }, 'work_mem: must be a whole number'],
  [{ max_connections: '5GB' }, 'max_connections: must be a whole number from 1 to 262143; "5GB" was given'],
  [{ random_page_cost: -1 }, 'random_page_cost: must be a number from 0 to'],
  [{ jit: 'maybe' }, 'jit: must be on or off; "maybe" was given'],
  [{ jit: 'o' }, 'jit: must be on or off'],
  [{ huge_pages: 'perhaps' }, 'huge_pages: must be off, on or try; "perhaps" was given'],
  [{ block_size: 8192 }, 'block_size: is read-only: PostgreSQL reports it'],
  [
    { checkpoint_segments: 8 },
    'checkpoint_segments: is no setting of PostgreSQL 17 | since it was removed, max_wal_size does its work',
  ],
  [
    { wal_keep_segments: 8 },
    'wal_keep_segments: is no setting of PostgreSQL 17 | since it was removed, wal_keep_size does its work',
  ],
  [
    { old_snapshot_threshold: -1 },
    'old_snapshot_threshold: is no setting of PostgreSQL 17 | it was removed: PostgreSQL 16 had it',
  ],
  [
    { io_method: 'worker' },
    'io_method: is no setting of PostgreSQL 17 | it came later: PostgreSQL 18 has it',
  ],
])('of %j it is said what is wrong', (settings, message) => {
  expect(said(settings)).toEqual([expect.stringContaining(message)])
})

test('every mistake is told at once', () => {
  expect(said({ wrok_mem: 1, jit: 'maybe', work_mem: '8MB', max_connections: 0 })).toHaveLength(3)
})

test.each([
  [
    12,
    { wal_keep_segments: 8, compute_query_id: 'auto' },
    ['compute_query_id: is no setting of PostgreSQL 12 | it came later: PostgreSQL 14 has it'],
  ],
  [
    13,
    { wal_keep_segments: 8 },
    ['wal_keep_segments: is no setting of PostgreSQL 13 | since it was removed, wal_keep_size does its work'],
  ],
  [
    14,
    { compute_query_id: 'auto', wal_compression: 'zstd' },
    [expect.stringContaining('wal_compression: must be on or off')],
  ],
  [
    15,
    { wal_compression: 'zstd', vacuum_buffer_usage_limit: '1MB' },
    ['vacuum_buffer_usage_limit: is no setting of PostgreSQL 15 | it came later: PostgreSQL 16 has it'],
  ],
  [
    16,
    { vacuum_buffer_usage_limit: '1MB', vacuum_defer_cleanup_age: 0 },
    [
      'vacuum_defer_cleanup_age: is no setting of PostgreSQL 16 | since it was removed, hot_standby_feedback on the standbys does its work',
    ],
  ],
])('PostgreSQL %i is judged by what it has itself', (major, settings, told) => {
  expect(said(settings, major)).toEqual(told)
})

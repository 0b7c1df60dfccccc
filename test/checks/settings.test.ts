import { describe, expect, it } from 'vitest'
import { settings } from '../../src/checks/settings.ts'
import type { SettingValue } from '../../src/lab.ts'
import { recordedLab, scriptedGuest } from './scripted-guest.ts'

/** A line of our file that the server has taken. */
function row(name: string, line: string, over: object = {}) {
  return {
    name,
    line,
    file: '/etc/postgresql/15/main/postgresql.conf',
    error: null,
    is_ours: true,
    is_read: true,
    shown: line,
    is_on_command_line: false,
    pending_restart: false,
    overridden: [],
    ...over,
  }
}

async function failedWith(wanted: Record<string, SettingValue>, rows: readonly object[]) {
  const lab = recordedLab()
  const findings = await settings.run(
    { ...lab, slaves: [], postgres: { ...lab.postgres, settings: wanted } },
    scriptedGuest({ rows: [{ of: 'FROM pg_db_role_setting', rows }] }),
  )
  return findings.filter(({ ok }) => !ok).map(({ what, observed, hint }) => ({ what, observed, hint }))
}

describe('settings', () => {
  it('takes a line for what the server makes of it, however it spells the value', async () => {
    const wanted = {
      wal_compression: 'on',
      wal_buffers: -1,
      tcp_keepalives_idle: 300,
      log_file_mode: 0o640,
      DateStyle: 'iso',
      wal_log_hints: true,
      'app.environment': 'teaching',
    }
    const rows = [
      row('wal_compression', 'on', { shown: 'pglz' }),
      row('wal_buffers', '-1', { shown: '8MB' }),
      row('tcp_keepalives_idle', '300', { shown: '0' }),
      row('log_file_mode', '416', { shown: '0640' }),
      row('DateStyle', 'iso', { shown: 'ISO, MDY' }),
      row('wal_log_hints', 'on'),
      row('app.environment', 'teaching', { shown: null }),
    ]
    expect(await failedWith(wanted, rows)).toEqual([])
  })

  it.each([
    [
      'ALTER SYSTEM',
      {
        line: '64MB',
        shown: '64MB',
        file: '/var/lib/postgresql/15/main/postgresql.auto.conf',
        is_ours: false,
      },
      '64MB',
      'ALTER SYSTEM set it, and that wins over postgresql.conf. On master: sudo -u postgres psql -c "ALTER SYSTEM RESET work_mem" -c "SELECT pg_reload_conf()"',
    ],
    ['another file', { file: '/etc/x.conf', is_ours: false }, '8MB', 'It comes from /etc/x.conf.'],
    ['an edit', { line: '9MB', shown: '9MB' }, '9MB', 'npx create-pg-lab provision'],
    [
      'a lost line',
      { line: null, file: null, is_ours: null, is_read: null, shown: '4MB' },
      '4MB',
      'No file has a line of it.',
    ],
    [
      'a wait for the restart',
      { shown: '4MB', pending_restart: true, error: 'setting could not be applied' },
      '4MB',
      "On master: sudo systemctl restart 'postgresql*'",
    ],
    ['a file that was not read yet', { shown: '4MB', is_read: false }, '4MB', 'SELECT pg_reload_conf()'],
    ['a value the server refuses', { error: 'invalid value' }, 'invalid value', 'postgres.settings'],
    ['the command line', { shown: '64MB', is_on_command_line: true }, '64MB', 'command line'],
    [
      'a role and a database',
      { overridden: ['ALTER DATABASE otus', 'ALTER ROLE student'] },
      '8MB, but not for all: ALTER DATABASE otus, ALTER ROLE student',
      'On master: sudo -u postgres psql -c "ALTER DATABASE otus RESET work_mem" -c "ALTER ROLE student RESET work_mem"',
    ],
  ])('tells %s, and the way back', async (_, over, observed, hint) => {
    const failed = await failedWith({ work_mem: '8MB' }, [row('work_mem', '8MB', over)])
    expect(failed).toEqual([{ what: 'work_mem', observed, hint: expect.stringContaining(hint) }])
  })

  it('shows errors with file and line', async () => {
    const lab = recordedLab()
    const guest = scriptedGuest({
      rows: [
        {
          of: "error <> 'setting could not be applied'",
          node: 'master',
          rows: [{ sourcefile: '/etc/a.conf', sourceline: 3, name: 'work_mem', error: 'invalid value' }],
        },
      ],
    })
    const failed = (await settings.run(lab, guest)).filter(({ ok }) => !ok)
    expect(failed).toMatchObject([{ node: 'master', observed: '/etc/a.conf:3 work_mem: invalid value' }])
  })
})

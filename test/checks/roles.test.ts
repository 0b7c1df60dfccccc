import { describe, expect, it } from 'vitest'
import { roles } from '../../src/checks/roles.ts'
import { recordedLab, scriptedGuest } from './scripted-guest.ts'

async function barmanOn(barmanVersion: string, version: number) {
  const lab = recordedLab()
  const old = { ...lab, os: { ...lab.os, barmanVersion }, postgres: { ...lab.postgres, version } }
  const findings = await roles.run(old, scriptedGuest())
  return findings.filter(({ what }) => what.endsWith(' of barman')).map(({ expected }) => expected)
}

describe('roles', () => {
  it('expects of Barman before 2.14 the REPLICATION it asks for, and PostgreSQL’s old functions', async () => {
    expect(await barmanOn('2.12', 13)).toEqual([
      'LOGIN, REPLICATION',
      'pg_read_all_settings, pg_read_all_stats',
      'pg_create_restore_point(text), pg_start_backup(text, boolean, boolean), pg_stop_backup(), ' +
        'pg_stop_backup(boolean, boolean), pg_switch_wal()',
      'SCRAM',
    ])
  })

  it('expects no more than LOGIN since', async () => {
    expect((await barmanOn('2.14', 13))[0]).toBe('LOGIN')
    expect((await barmanOn('3.4', 15))[0]).toBe('LOGIN')
  })

  it('finds a role that is missing', async () => {
    const findings = await roles.run(recordedLab(), scriptedGuest({ rows: [{ of: 'pg_authid', rows: [] }] }))
    expect(findings.filter(({ ok }) => !ok)).toHaveLength(12)
    expect(findings[0]?.observed).toBe('no such role')
  })
})

import { describe, expect, it } from 'vitest'
import { roles } from '../../src/checks/roles.ts'
import { testBackup } from '../support/lab.ts'
import { recordedLab, scriptedGuest } from './scripted-guest.ts'

async function rightsOfBarman(userReplicates: boolean, version: number) {
  const lab = recordedLab({ backup: testBackup({ compression: 'none', userReplicates }) })
  const findings = await roles.run({ ...lab, postgres: { ...lab.postgres, version } }, scriptedGuest())
  return findings.filter(({ what }) => what.endsWith(' of barman')).map(({ expected }) => expected)
}

describe('roles', () => {
  it('expects the REPLICATION an old Barman asks for, and PostgreSQL’s old functions', async () => {
    expect(await rightsOfBarman(true, 13)).toEqual([
      'LOGIN, REPLICATION',
      'pg_read_all_settings, pg_read_all_stats',
      'pg_create_restore_point(text), pg_start_backup(text, boolean, boolean), pg_stop_backup(), ' +
        'pg_stop_backup(boolean, boolean), pg_switch_wal()',
      'SCRAM',
    ])
  })

  it('expects no more than LOGIN otherwise', async () => {
    expect((await rightsOfBarman(false, 15))[0]).toBe('LOGIN')
  })

  it('finds a role that is missing', async () => {
    const findings = await roles.run(recordedLab(), scriptedGuest({ rows: [{ of: 'pg_authid', rows: [] }] }))
    expect(findings.filter(({ ok }) => !ok)).toHaveLength(16)
    expect(findings[0]?.observed).toBe('no such role')
  })
})

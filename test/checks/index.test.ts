import { describe, expect, it } from 'vitest'
import { CHECKS, runChecks } from '../../src/checks/index.ts'
import { recordedLab, scriptedGuest } from './scripted-guest.ts'

describe('runChecks', () => {
  it('finds nothing wrong with a healthy lab', async () => {
    const findings = await runChecks(recordedLab(), scriptedGuest())
    expect(findings.filter(({ ok }) => !ok)).toEqual([])
    const without = ['tls', 'ssh-keys'] // it was recorded on a lab that has neither
    const ids = CHECKS.map(({ id }) => id).filter((id) => !without.includes(id))
    expect(new Set(findings.map(({ check }) => check))).toEqual(new Set(ids))
  })

  it('gives the findings in the order of the list, and reports each check as it ends', async () => {
    const ended: string[] = []
    const findings = await runChecks(recordedLab(), scriptedGuest(), {
      only: ['hba', 'primary', 'version'],
      onCheck: ({ id }) => ended.push(id),
    })
    expect([...new Set(findings.map(({ check }) => check))]).toEqual(['primary', 'version', 'hba'])
    expect(ended.toSorted()).toEqual(['hba', 'primary', 'version'])
  })

  it('asks each server for all checks in few questions', async () => {
    const guest = scriptedGuest()
    await runChecks(recordedLab(), guest)
    expect(guest.asked.filter((question) => /^slave: SELECT/.test(question)).length).toBeLessThan(6)
    expect(guest.asked.filter((question) => question.includes('show-server'))).toHaveLength(1)
  })

  it('says of a check that it writes, so that the rest can be asked of servers that are not to be touched', async () => {
    const changes = /INSERT INTO|DELETE FROM|pg_logical_emit_message|switch-wal/
    const asked = async (isWriting: boolean) => {
      const guest = scriptedGuest()
      const only = CHECKS.filter(({ writes = false }) => writes === isWriting).map(({ id }) => id)
      await runChecks(recordedLab(), guest, { only })
      return [...guest.asked, ...guest.executed].filter((question) => changes.test(question))
    }
    expect((await asked(true)).length).toBeGreaterThan(2)
    expect(await asked(false)).toEqual([])
  })

  it('writes a row and takes it away again', async () => {
    const guest = scriptedGuest()
    await runChecks(recordedLab(), guest, { only: ['rows'] })
    expect(guest.executed).toHaveLength(2)
    expect(guest.executed[0]).toMatch(
      /INSERT INTO public\."dz" \(v\) VALUES \('create-pg-lab verify [\w-]+'\)/,
    )
    expect(guest.executed[1]).toMatch(/DELETE FROM public\."dz" WHERE v = 'create-pg-lab verify [\w-]+'/)
  })

  it.each(['slave', 'backup'])(
    'makes failed findings where %s is down, and still sees the rest',
    async (down) => {
      const findings = await runChecks(recordedLab(), scriptedGuest({ down: [down] }))
      const failed = findings.filter(({ ok }) => !ok)
      expect(failed.length).toBeGreaterThan(0)
      expect(failed.every(({ node, hint }) => node === down && hint?.includes('npx create-pg-lab up'))).toBe(
        true,
      )
      expect(findings.some(({ check, node, ok }) => ok && check === 'slots' && node === 'master')).toBe(true)
    },
  )

  it('does not wait twice for a machine that is down', async () => {
    const guest = scriptedGuest({ down: ['backup'] })
    await runChecks(recordedLab(), guest)
    expect(guest.asked.filter((question) => question.startsWith('backup: '))).toEqual(['backup: true'])
  })

  it('says what to do when the master is down', async () => {
    const findings = await runChecks(recordedLab(), scriptedGuest({ down: ['master'] }), {
      only: ['primary'],
    })
    expect(findings.map(({ node, observed, hint }) => ({ node, observed, hint }))).toMatchInlineSnapshot(`
      [
        {
          "hint": "master does not answer and may be the primary. Start it: npx create-pg-lab up. If the primary is lost for good: npx create-pg-lab promote",
          "node": "master",
          "observed": "none",
        },
        {
          "hint": "Run \`npx create-pg-lab up\`: it starts what is not running.",
          "node": "master",
          "observed": "master cannot be reached: Connection refused",
        },
      ]
    `)
  })

  it('passes over Barman where the lab has no backup host', async () => {
    const lab = recordedLab({ backup: undefined })
    const findings = await runChecks(lab, scriptedGuest(), {
      only: ['barman', 'backups', 'wal', 'cron', 'folders'],
    })
    expect(findings).toEqual([])
  })
})

it('what the lab does not have is not looked at, also when the primary is down', async () => {
  const lab = recordedLab({ backup: undefined, slaves: [] })
  const guest = scriptedGuest({ down: ['master'] })
  const only = [
    'barman',
    'barman-replication',
    'wal',
    'continuity',
    'backups',
    'cron',
    'retention',
    'lag',
    'standby',
  ]
  expect(await runChecks(lab, guest, { only })).toEqual([])
})

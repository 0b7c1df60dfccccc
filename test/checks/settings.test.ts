import { describe, expect, it } from 'vitest'
import { settings } from '../../src/checks/settings.ts'
import { recordedLab, scriptedGuest } from './scripted-guest.ts'

const OF = 'source, sourcefile, pending_restart'

function row(name: string, setting: string, over: object = {}) {
  return {
    name,
    setting,
    unit: null,
    vartype: 'string',
    shown: setting,
    source: 'configuration file',
    sourcefile: '/etc/postgresql/15/main/postgresql.conf',
    pending_restart: false,
    ...over,
  }
}

async function failedWith(wanted: Record<string, string>, rows: readonly object[], script = {}) {
  const lab = recordedLab()
  const findings = await settings.run(
    { ...lab, slaves: [], postgres: { ...lab.postgres, settings: wanted } },
    scriptedGuest({ rows: [{ of: OF, rows }], ...script }),
  )
  return findings.filter(({ ok }) => !ok).map(({ what, observed, hint }) => ({ what, observed, hint }))
}

describe('settings', () => {
  it('names what ALTER SYSTEM put over the file, and takes it back', async () => {
    const altered = row('work_mem', '65536', {
      unit: 'kB',
      vartype: 'integer',
      shown: '64MB',
      sourcefile: '/var/lib/postgresql/15/main/postgresql.auto.conf',
    })
    expect(await failedWith({ work_mem: '8MB' }, [altered])).toEqual([
      {
        what: 'work_mem',
        observed: '64MB',
        hint: expect.stringContaining(
          `sudo -u postgres psql -c "ALTER SYSTEM RESET work_mem" -c "SELECT pg_reload_conf()"`,
        ),
      },
    ])
  })

  it('tells a wait for the restart from a wrong file', async () => {
    const pending = row('max_connections', '100', { vartype: 'integer', pending_restart: true })
    const [finding] = await failedWith({ max_connections: '200' }, [pending])
    expect(finding?.hint).toContain("On master: sudo systemctl restart 'postgresql*'")
  })

  it('knows no setting of another version', async () => {
    expect(await failedWith({ summarize_wal: 'on' }, [])).toMatchObject([
      { what: 'summarize_wal', observed: 'unknown to this server' },
    ])
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

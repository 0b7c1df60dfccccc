import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { faults, type Schema } from '../support/json-schema.ts'
import { labFolder, program } from './program.ts'
import { speakingRun } from './speaking-run.ts'

const LISTED = {
  master: [
    {
      backup_id: '20261122T190000',
      backup_type: 'incremental',
      status: 'DONE',
      end_time_timestamp: '1795374010',
      size_bytes: 60_000_000,
      wal_size_bytes: 0,
      retention_status: '-',
    },
    {
      backup_id: '20261122T173338',
      status: 'DONE',
      end_time_timestamp: '1795368821',
      size_bytes: 64_000_000,
      wal_size_bytes: 16_777_216,
      retention_status: 'KEEP:FULL',
    },
  ],
}
const CATALOGUE = `catalogue:
base/20261122T173338/backup.info:status=DONE
base/20261122T173338/backup.info:size=31000000
base/20261122T173338/backup.info:begin_time=2026-11-22 17:33:38.000000+00:00
base/20261122T173338/backup.info:end_time=2026-11-22 17:33:41.000000+00:00
base/20261122T173338/backup.info:begin_xlog=0/5000028
base/20261122T173338/backup.info:end_xlog=0/6000000
base/20261122T173338/backup.info:timeline=1
base/20261122T173338/backup.info:parent_backup_id=None
meta/20261122T190000-backup.info:status=DONE
meta/20261122T190000-backup.info:size=4000000
meta/20261122T190000-backup.info:begin_time=2026-11-22 19:00:00.000000+00:00
meta/20261122T190000-backup.info:end_time=2026-11-22 19:00:10.000000+00:00
meta/20261122T190000-backup.info:parent_backup_id=20261122T173338
`

function barman(asked: string[] = []) {
  const { run } = speakingRun({
    backup: (words) => {
      asked.push(words)
      return { stdout: words.includes('-f json list-backup') ? JSON.stringify(LISTED) : CATALOGUE }
    },
  })
  return { run, cwd: labFolder() }
}

describe('pg-lab backups', () => {
  it('says of each where it begins and ends, how long it took, and what of it is WAL', async () => {
    const { exitCode, stdout } = await program(['backups'], barman())
    expect(exitCode).toBe(0)
    expect(stdout).toMatchInlineSnapshot(`
      "BACKUP           ON               FINISHED             TOOK   SIZE     OF IT WAL  WAL AFTER  TL  FROM       TO         STATE
      20261122T190000  20261122T173338  2026-11-22 19:00:10  10 s   57.2 MB  53.4 MB    0 B                                  valid
      20261122T173338                   2026-11-22 17:33:41  3.0 s  61.0 MB  31.5 MB    16.0 MB    1   0/5000028  0/6000000  keep:full

      Times are in UTC.
      "
    `)
  })

  it('gives machines the same with --json', async () => {
    const { stdout } = await program(['backups', '--json'], barman())
    const schema = JSON.parse(readFileSync('schemas/backups.schema.json', 'utf8')) as Schema
    expect(faults(JSON.parse(stdout), schema)).toEqual([])
    expect(JSON.parse(stdout).backups[1]).toEqual({
      id: '20261122T173338',
      status: 'DONE',
      retention: 'keep:full',
      begunAt: '2026-11-22T17:33:38.000Z',
      endedAt: '2026-11-22T17:33:41.000Z',
      durationMs: 3000,
      beginLsn: '0/5000028',
      endLsn: '0/6000000',
      timeline: 1,
      bytes: 64_000_000,
      dataBytes: 31_000_000,
      walBytes: 16_777_216,
      isIncremental: false,
    })
  })

  it('keeps one, and lets the policy decide again', async () => {
    const asked: string[] = []
    const kept = await program(['backups', 'keep', '20261122T173338'], barman(asked))
    expect(kept).toMatchObject({ exitCode: 0 })
    expect(kept.stdout).toContain('the disk fills until it is released')
    expect(await program(['backups', 'release', '20261122T173338'], barman(asked))).toMatchObject({
      exitCode: 0,
    })
    const keeps = asked.filter((words) => words.includes(' keep '))
    expect(keeps.map((words) => /keep .*/.exec(words)?.[0])).toEqual([
      'keep --target full master 20261122T173338',
      'keep --release master 20261122T173338',
    ])
  })

  it('deletes one only when it was told to, and says what is lost with it', async () => {
    const asked: string[] = []
    const none = 'provider: docker\nos: debian-12\nbackup: { minimumRedundancy: 0 }\n'
    const refused = await program(['backups', 'delete', '20261122T173338'], {
      ...barman(asked),
      cwd: labFolder({ config: none }),
    })
    expect(refused.exitCode).toBe(2)
    expect(refused.stdout).toContain('With it go those that are incremental on it: 20261122T190000.')
    expect(refused.stdout).toContain('nothing can be restored any more')
    expect(refused.stderr).toContain('npx create-pg-lab backups delete 20261122T173338 --yes')
    expect(asked.some((words) => words.includes('delete'))).toBe(false)
    const done = await program(['backups', 'delete', '20261122T190000', '--yes'], barman(asked))
    expect(done.exitCode).toBe(0)
    expect(done.stdout).toContain('Every moment that can be restored now can be restored without it too.')
    expect(asked.some((words) => words.includes('delete master 20261122T190000'))).toBe(true)
  })

  it.each([
    [
      ['delete', '20261122T173338', '--yes'],
      'Barman must keep 1 full base backups, and has 1',
      'npx create-pg-lab backup',
    ],
    [['keep', '20261122T190000'], 'is incremental', 'backups keep 20261122T173338'],
    [['delete', '20261122T17333'], 'Barman has no backup 20261122T17333', 'did you mean 20261122T173338'],
    [['keep'], 'keep wants the id of a backup', 'choose from'],
    [['dele', 'x'], 'keep, release, delete', ''],
  ])('%j is the user’s mistake', async (words, message, hint) => {
    const { exitCode, stderr } = await program(['backups', ...words], barman())
    expect(exitCode).toBe(2)
    expect(stderr).toContain(message)
    expect(stderr).toContain(hint)
  })
})

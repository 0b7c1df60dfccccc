import { spawnSync } from 'node:child_process'
import { mkdirSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { folderWith } from '../tools/helpers.ts'
import { labFolder, program } from './program.ts'
import { speakingRun } from './speaking-run.ts'

const LOG = `2026-11-25 22:09:59.123 MSK [7] LOG:  before
2026-11-25 22:10:05.001 MSK [7] ERROR:  no such table
\tin three
\tlines
2026-11-25 22:11:00.000 MSK [7] LOG:  after
`

/** As a machine runs it. @param words LINES SINCE ZONE FOLLOW PLACE… */
function shown(...words: readonly string[]) {
  const { status, stdout, stderr } = spawnSync('sh', ['src/scripts/show-log.sh', ...words], {
    encoding: 'utf8',
  })
  return { status, stdout, stderr }
}

describe('show-log.sh', () => {
  const folder = folderWith({ 'a.log': LOG, 'b.log': 'older\n' })
  const [log, older] = ['a.log', 'b.log'].map((name) => join(folder, name)) as [string, string]
  utimesSync(older, 1, 1)

  it('shows the last lines of the log that was written to last', () => {
    expect(shown('2', '', '', 'no', older, log).stdout).toBe(LOG.split('\n').slice(-3).join('\n'))
  })

  it('shows all since a moment, as the log tells the time, with lines that have none', () => {
    const moment = String(Date.parse('2026-11-25T22:10:00+03:00') / 1000)
    expect(shown('1', moment, 'Europe/Moscow', 'no', log).stdout).toBe(LOG.split('\n').slice(1).join('\n'))
    expect(shown('1', String(Date.parse('2027-01-01') / 1000), 'Europe/Moscow', 'no', log).stdout).toBe('')
  })

  it('finds what the collector writes, in a folder of its own too', () => {
    const data = folderWith({ 'log/today.log': LOG, current_logfiles: 'stderr log/today.log\n' })
    expect(shown('1', '', '', 'no', join(data, 'current_logfiles'), older).stdout).toContain('after')
    mkdirSync(join(data, 'empty'))
    writeFileSync(join(data, 'current_logfiles'), `stderr ${join(data, 'log/today.log')}\n`)
    expect(shown('1', '', '', 'no', join(data, 'current_logfiles'), join(data, 'empty')).stdout).toContain(
      'after',
    )
    expect(shown('1', '', '', 'no', join(data, 'log')).stdout).toContain('after')
  })

  it('says so where there is none', () => {
    const { status, stderr } = shown('1', '', '', 'no', join(folder, 'none'))
    expect(status).toBe(1)
    expect(stderr).toContain('there is no log in')
  })
})

describe('pg-lab logs', () => {
  it('asks as the user whose log it is', async () => {
    const asked: string[] = []
    const answer = (words: string) => {
      asked.push(words)
      return {}
    }
    const { run } = speakingRun({ master: answer, backup: answer })
    for (const node of ['master', 'backup']) {
      expect((await program(['logs', node], { cwd: labFolder(), run })).exitCode).toBe(0)
    }
    const [server, barman] = asked
    expect(server).toContain('/var/log/postgresql/postgresql-15-main.log')
    expect(server).toContain('-u postgres')
    expect(barman).toContain('/var/log/barman/barman.log')
    expect(barman).toContain('-u barman')
  })

  it.each(['yesterday', '10 weeks', '2026-13-01 10:00'])('refuses --since %s', async (since) => {
    const { exitCode, stderr } = await program(['logs', 'master', '--since', since], { cwd: labFolder() })
    expect(exitCode).toBe(2)
    expect(stderr).toContain(since)
  })

  it('refuses a node that is none', async () => {
    const { exitCode, stderr } = await program(['logs', 'nobody'], { cwd: labFolder() })
    expect(exitCode).toBe(2)
    expect(stderr).toContain('master, slave, backup')
  })
})

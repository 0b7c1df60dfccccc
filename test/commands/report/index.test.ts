import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readDrills, writeDrill } from '../../../src/report/store.ts'
import { WORDS } from '../../../src/words/index.ts'
import { drillReport } from '../../report/sample.ts'
import { labFolder, program } from '../program.ts'
import { speakingRun } from '../speaking-run.ts'

const nobody = () => speakingRun({}).run

describe('pg-lab report of a lab that is down', () => {
  it('shows every failure as a failure', async () => {
    const cwd = labFolder()
    const { exitCode, stdout } = await program(['report', '--lang', 'en'], { cwd, run: nobody() })
    expect(exitCode).toBe(1)
    expect(stdout).toContain('✖ The report is written, and says that')
    const text = readFileSync(join(cwd, 'report', 'README.md'), 'utf8')
    expect(text).toContain('✖ machine down')
    expect(text).toContain('Connection refused')
    expect(text).not.toContain('- ✔')
    expect(readFileSync(join(cwd, 'report', 'index.html'), 'utf8')).toContain('<details open>')
  })

  it('is not written with --strict', async () => {
    const cwd = labFolder()
    const { exitCode, stdout } = await program(['report', '--strict'], { cwd, run: nobody() })
    expect(exitCode).toBe(1)
    expect(stdout).toContain('No report is written')
    expect(existsSync(join(cwd, 'report'))).toBe(false)
  })

  it('speaks Russian where it is asked to', async () => {
    const cwd = labFolder()
    await program(['report', '--lang', 'ru'], { cwd, run: nobody() })
    expect(readFileSync(join(cwd, 'report', 'README.md'), 'utf8')).toContain('# Отчёт о репликации')
  })
})

describe('pg-lab report', () => {
  it('says beforehand what it will do to the cluster', async () => {
    const { stdout } = await program(['report', '--restore'], { cwd: labFolder(), run: nobody() })
    const [announced = ''] = stdout.split('Verify')
    expect(announced).toContain('--read-only leaves all of it out')
    expect(announced).toMatch(
      /a row in otus\.dz[\s\S]*a base backup[\s\S]*300 transactions[\s\S]*the newest backup restored/,
    )
  })

  it('only asks the servers, where it is to', async () => {
    const cwd = labFolder()
    const { stdout } = await program(['report', '--read-only', '--lang', 'en'], { cwd, run: nobody() })
    expect(stdout).toContain('The servers are only asked: no row, no backup, no load.')
    expect(stdout).not.toContain('Put a short load')
    const text = readFileSync(join(cwd, 'report/README.md'), 'utf8')
    expect(text).toContain('The servers were only asked')
    expect(text).not.toMatch(/INSERT INTO|barman backup|### A row is added|`rows`|`wal`/)
  })

  it('does not restore what it may only look at', async () => {
    const { exitCode, stderr } = await program(['report', '--read-only', '--restore'], { cwd: labFolder() })
    expect(exitCode).toBe(2)
    expect(stderr).toContain('--read-only and --restore exclude each other')
  })

  it('has who hands it in from the config, and from flags before it', async () => {
    const config = "provider: docker\nos: debian-12\nreport: { author: 'Anna', group: 'DB-12' }\n"
    const cwd = labFolder({ config })
    await program(['report', '--read-only', '--group', 'DB-13'], { cwd, run: nobody() })
    const { handIn } = JSON.parse(readFileSync(join(cwd, 'report/report.json'), 'utf8'))
    expect(handIn).toEqual({ author: 'Anna', group: 'DB-13' })
  })

  it('writes the pages of the drills again, in its language', async () => {
    const cwd = labFolder()
    writeDrill(cwd, drillReport(), WORDS.en)
    const page = join(cwd, 'report/drills/2026-11-22T18-08-40-slave-outage.md')
    expect(readFileSync(page, 'utf8')).toContain('# A slave goes away')
    await program(['report', '--read-only', '--lang', 'ru'], { cwd, run: nobody() })
    expect(readFileSync(page, 'utf8')).toContain('# Реплика пропала')
    const text = readFileSync(join(cwd, 'report/README.md'), 'utf8')
    expect(text).toContain('### Реплика пропала')
    expect(text).toContain('(drills/2026-11-22T18-08-40-slave-outage.svg)')
  })

  it('leaves out a drill whose file would lead elsewhere', () => {
    const cwd = labFolder()
    writeDrill(cwd, drillReport(), WORDS.en)
    const folder = join(cwd, 'report/drills')
    writeFileSync(join(folder, 'x.json'), JSON.stringify(drillReport({ drill: '../../x' })))
    writeFileSync(join(folder, 'y.json'), 'null')
    expect(readDrills(cwd)).toHaveLength(1)
  })

  it('has the languages it has', async () => {
    const { exitCode, stderr } = await program(['report', '--lang', 'fr'], { cwd: labFolder() })
    expect(exitCode).toBe(2)
    expect(stderr).toContain('Allowed choices are en, ru')
  })
})

describe('pg-lab verify --junit', () => {
  it('writes the findings for a CI, beside those for a person', async () => {
    const cwd = labFolder()
    const { exitCode, stdout } = await program(['verify', '--junit', 'findings.xml'], { cwd, run: nobody() })
    expect(exitCode).toBe(1)
    expect(stdout).toContain('checks failed')
    expect(readFileSync(join(cwd, 'findings.xml'), 'utf8')).toContain('<failure message="expected')
  })

  it('says what is wrong with a file it cannot write', async () => {
    const { exitCode, stderr } = await program(['verify', '--junit', 'no/such/folder.xml'], {
      cwd: labFolder(),
      run: nobody(),
    })
    expect(exitCode).toBe(2)
    expect(stderr).toContain('folder.xml cannot be written')
  })
})

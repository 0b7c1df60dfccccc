import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
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

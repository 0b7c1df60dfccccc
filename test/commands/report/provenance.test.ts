import { execFileSync } from 'node:child_process'
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import type { Report } from '../../../src/report/report.ts'
import { createRunner } from '../../../src/tools/process/run.ts'
import { labFolder, program } from '../program.ts'
import { speakingRun } from '../speaking-run.ts'

/** A lab in a git repository, whose hosts are all down. */
async function provenance(change: (directory: string) => void): Promise<Report['provenance']> {
  const cwd = labFolder()
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(cwd, path)), { recursive: true })
    writeFileSync(join(cwd, path), text)
  }
  write('provisioning/site.yml', 'a: 1\n')
  write('.gitignore', '.pg-lab/*\n!.pg-lab/base/\n.vagrant/\n')
  write('.pg-lab/base/provisioning/site.yml', 'a: 1\n')
  const git = (...words: string[]) =>
    execFileSync('git', ['-C', cwd, '-c', 'user.name=a', '-c', 'user.email=a@b', ...words], {
      encoding: 'utf8',
    })
  git('init', '-q')
  git('add', '.')
  git('commit', '-qm', 'A lab')
  change(cwd)
  const { run: ssh } = speakingRun({})
  const real = createRunner()
  await program(['report', '--read-only'], {
    cwd,
    run: (command) => (command.file === 'git' ? real(command) : ssh(command)),
  })
  return JSON.parse(readFileSync(join(cwd, 'report/report.json'), 'utf8')).provenance
}

test('a lab as it was committed is clean, also with a report in it', async () => {
  const { commit, edits } = await provenance((directory) => {
    mkdirSync(join(directory, 'report'), { recursive: true })
    writeFileSync(join(directory, 'report/README.md'), 'an older report')
  })
  expect(commit?.id).toMatch(/^[0-9a-f]{40}$/)
  expect(commit?.isDirty).toBe(false)
  expect(edits).toEqual([])
})

test('an edit by hand is named, makes the commit dirty, and changes the hash of the roles', async () => {
  const before = await provenance(() => {})
  const after = await provenance((directory) =>
    appendFileSync(join(directory, 'provisioning/site.yml'), 'b: 2\n'),
  )
  expect(after.commit?.isDirty).toBe(true)
  expect(after.edits.map(({ path }) => path)).toEqual(['provisioning/site.yml'])
  expect(after.edits[0]?.patch).toContain('+b: 2')
  expect(after.roles.sha256).not.toBe(before.roles.sha256)
  expect(after.config).toEqual(before.config)
})

import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readCode } from '../../src/grade/code.ts'
import { readHistory } from '../../src/grade/history.ts'
import { readSubmission } from '../../src/grade/submission.ts'
import { createRunner } from '../../src/tools/process/run.ts'
import { program } from '../commands/program.ts'
import { folderWith } from '../tools/helpers.ts'

const run = createRunner()

function git(cwd: string, ...args: readonly string[]): void {
  const who = ['-c', 'user.name=student', '-c', 'user.email=student@localhost', '-c', 'commit.gpgsign=false']
  expect(spawnSync('git', [...who, ...args], { cwd, encoding: 'utf8' }).status).toBe(0)
}

/** Whatever is in it, it is graded, and the program does not break. */
async function gradedText(folder: string): Promise<string> {
  const { exitCode, stdout, stderr } = await program(['grade', folder, '--static', '--json'], { run })
  expect([exitCode, stderr]).toEqual([1, ''])
  return stdout
}

describe('a hand-in from a stranger', () => {
  test('is not followed out of its folder', async () => {
    const outside = folderWith({ 'secret.yml': 'root_password: Tr0ub4dor-and-3\n', 'sub/pg_hba.conf': 'x' })
    const folder = folderWith({ 'README.md': 'x' })
    symlinkSync(join(outside, 'secret.yml'), join(folder, 'vars.yml'))
    symlinkSync(join(outside, 'sub'), join(folder, 'roles'))
    symlinkSync('/dev/zero', join(folder, 'Vagrantfile'))
    symlinkSync('.', join(folder, 'loop'))
    const { files, notRead } = readSubmission(folder)
    expect(files.map(({ path }) => path)).toEqual(['README.md'])
    expect(notRead).toEqual(
      ['Vagrantfile', 'loop', 'roles', 'vars.yml'].map((path) => ({ path, why: 'link' })),
    )
    expect(await gradedText(folder)).not.toContain('a password as plain text')
  })

  test('may have pipes, huge, binary and hidden files', () => {
    const folder = folderWith({ 'README.md': 'x', huge: '', 'binary.yml': 'a\0b: [' })
    truncateSync(join(folder, 'huge'), 50_000_000_000)
    spawnSync('mkfifo', [join(folder, 'pipe')])
    const submission = readSubmission(folder)
    expect(submission.files.map(({ path, text }) => [path, text])).toEqual([
      ['README.md', 'x'],
      ['binary.yml', undefined],
    ])
    expect(submission.notRead).toEqual([
      { path: 'huge', why: 'too large' },
      { path: 'pipe', why: 'special' },
    ])
  })

  test('may keep us out of its files and folders', () => {
    const folder = folderWith({ 'README.md': 'x', 'closed/file': 'y' })
    writeFileSync(join(folder, 'mine'), 'z', { mode: 0o000 })
    chmodSync(join(folder, 'closed'), 0o000)
    chmodSync(join(folder, '..'), 0o755)
    chmodSync(folder, 0o755)
    const root = process.geteuid?.() === 0
    if (root) process.seteuid?.(65534) // root is kept out of nothing
    const { notRead } = (() => {
      try {
        return readSubmission(folder)
      } finally {
        if (root) process.seteuid?.(0)
      }
    })()
    chmodSync(join(folder, 'closed'), 0o755)
    expect(notRead).toEqual([
      { path: 'closed', why: 'no permission' },
      { path: 'mine', why: 'no permission' },
    ])
  })

  test('may have more files than anybody reads', () => {
    const folder = folderWith()
    for (let at = 0; at < 4_100; at += 1) writeFileSync(join(folder, `f${at}`), '')
    const { files, notRead } = readSubmission(folder)
    expect(files).toHaveLength(4_000)
    expect(notRead).toHaveLength(21)
    expect(notRead.at(-1)).toEqual({ path: '+ 80', why: 'too many' })
  })

  test('may have folders without end', () => {
    const folder = folderWith()
    const deep = join(folder, ...Array.from({ length: 40 }, () => 'd'))
    mkdirSync(deep, { recursive: true })
    writeFileSync(join(deep, 'x'), '')
    expect(readSubmission(folder).files).toEqual([])
  })

  test.each([
    [
      'aliases of aliases',
      `a: &a [x,x,x,x,x,x,x,x,x]\n${Array.from('bcdefghij', (name, at) => `${name}: &${name} [${Array(9).fill(`*${'abcdefghi'[at]}`).join(',')}]`).join('\n')}\n`,
    ],
    ['lists in lists', `${'['.repeat(50_000)}\n`],
    ['a tab', 'a:\n\tb: 1\n'],
    ['a tag that makes an object', '--- !!python/object/apply:os.system ["touch hit"]\nx: [\n'],
  ])('may have YAML with %s', (_, text) => {
    const folder = folderWith({ 'site.yml': text })
    expect(readCode(readSubmission(folder)).broken).toEqual([
      { path: 'site.yml', line: expect.any(Number), message: expect.any(String) },
    ])
  })

  test.each(['&a [*a]\n', '- &a {hosts: all, b: [*a, *a]}\n'])(
    'may have YAML that leads in circles: %s',
    (text) => {
      const { broken, maps } = readCode(readSubmission(folderWith({ 'site.yml': text })))
      expect(broken).toEqual([])
      expect(maps.length).toBeLessThan(2)
    },
  )

  test('runs nothing by the first line of its Vagrantfile, or by what lies beside it', async () => {
    const hit = join(folderWith(), 'hit')
    const evil = `File.write(${JSON.stringify(hit)}, 'x')\n`
    const folder = folderWith({ 'evil.rb': evil })
    writeFileSync(
      join(folder, 'Vagrantfile'),
      `#!/usr/bin/ruby -r${join(folder, 'evil.rb')}\nBEGIN { ${evil} }\n${evil}Vagrant.configure("2") { }\n`,
    )
    expect(await gradedText(folder)).toContain('Vagrantfile is read without an error')
    expect(existsSync(hit)).toBe(false)
  })

  test('runs nothing by the configuration of its repository', async () => {
    const hit = join(folderWith(), 'hit')
    const folder = folderWith({
      'vars.yml': 'db_password: Gb7-kestrel-41\n',
      '.gitattributes': '* diff=evil filter=evil\n',
    })
    git(folder, 'init', '--quiet')
    git(folder, 'add', '--all')
    git(folder, 'commit', '--quiet', '-m', 'x')
    const evil = `touch ${hit}`
    for (const key of [
      'core.fsmonitor',
      'core.pager',
      'core.sshCommand',
      'diff.evil.textconv',
      'filter.evil.smudge',
      'gpg.program',
    ])
      git(folder, 'config', key, evil)
    writeFileSync(join(folder, '.git/hooks/post-checkout'), `#!/bin/sh\n${evil}\n`, { mode: 0o755 })
    const { state, files } = await readHistory(folder, run)
    expect([state, files.map(({ path }) => path).sort()]).toEqual(['read', ['.gitattributes', 'vars.yml']])
    expect(existsSync(hit)).toBe(false)
  })

  test('does not lead git to the repositories of others', async () => {
    const other = folderWith({ 'key.yml': 'other_password: Gb7-kestrel-41\n' })
    git(other, 'init', '--quiet')
    git(other, 'add', '--all')
    git(other, 'commit', '--quiet', '-m', 'x')
    const folder = folderWith({ 'README.md': 'x' })
    git(folder, 'init', '--quiet')
    git(folder, 'add', '--all')
    git(folder, 'commit', '--quiet', '-m', 'x')
    writeFileSync(join(folder, '.git/objects/info/alternates'), `${join(other, '.git/objects')}\n`)
    const { files } = await readHistory(folder, run)
    expect(files.map(({ path }) => path)).toEqual(['README.md'])
  })

  test.each([
    [
      'an empty object',
      (folder: string) => writeFileSync(join(folder, '.git/objects/ab', 'c'.repeat(38)), ''),
    ],
    [
      'a file in the place of git',
      (folder: string) => writeFileSync(join(folder, '.git/objects/pack/pack-1.idx'), 'x'),
    ],
  ])('may have a broken repository: %s', async (_, damage) => {
    const folder = folderWith({ 'README.md': 'x' })
    git(folder, 'init', '--quiet')
    mkdirSync(join(folder, '.git/objects/ab'), { recursive: true })
    damage(folder)
    expect(['read', 'unreadable']).toContain((await readHistory(folder, run)).state)
  })

  test('puts no formula into a spreadsheet, and no markup into the page', async () => {
    const parent = folderWith({ '=cmd|x/README.md': 'x', '<img src=x>/README.md': 'x' })
    const { exitCode } = await program(['grade', '=cmd|x', '<img src=x>', '--static', '--out', 'out'], {
      cwd: parent,
      run,
    })
    expect(exitCode).toBe(1)
    const { readFileSync } = await import('node:fs')
    expect(readFileSync(join(parent, 'out/grades.csv'), 'utf8')).toContain("\n'=cmd|x,")
    expect(readFileSync(join(parent, 'out/index.html'), 'utf8')).not.toContain('<img')
  })
})

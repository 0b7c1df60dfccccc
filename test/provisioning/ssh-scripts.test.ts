import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { folderWith, scriptedTools } from '../tools/helpers.ts'

const FILES = 'provisioning/roles/backup/files'

function run(script: string, words: readonly string[], env: Readonly<Record<string, string>>) {
  const { status, stdout, stderr } = spawnSync('sh', [`${FILES}/${script}`, ...words], {
    encoding: 'utf8',
    env: { ...process.env, ...env },
  })
  return { status, stdout: stdout.trim(), stderr: stderr.trim() }
}

describe('what a server may ask Barman for over SSH', () => {
  const barman = scriptedTools({ barman: '#!/bin/sh\necho "asked: $*"\n' })
  const ask = (command: string) => run('get-wal.sh', ['node1'], { ...barman, SSH_ORIGINAL_COMMAND: command })
  const file = '000000010000000000000004'

  test.each([
    [`barman get-wal 'node1' '${file}'`, `asked: get-wal node1 ${file}`],
    ["barman get-wal --test 'node1' 'dummy_wal_name'", 'asked: get-wal --test node1 dummy_wal_name'],
  ])('is a WAL file: %s', (command, asked) => {
    expect(ask(command)).toEqual({ status: 0, stdout: asked, stderr: '' })
  })

  test.each([
    '',
    'sh',
    'barman list-backup node1',
    'barman delete node1 oldest',
    `barman get-wal 'other' '${file}'`,
    `barman get-wal 'node1' '${file}' '--output-directory=/etc'`,
    `barman get-wal 'node1' '${file}'; id`,
    `barman get-wal 'node1' '$(id)'`,
    "barman get-wal 'node1' '../../etc/passwd'",
    "barman get-wal 'node1' '-o'",
    "barman get-wal 'node1' '00000002.history'",
    `barman get-wal --partial 'node1' '${file}'`,
    "barman get-wal 'node1' ''",
    `barman get-wal --output-directory=/tmp 'node1' '${file}'`,
  ])('is nothing else: %s', (command) => {
    expect(ask(command)).toMatchObject({ status: 1, stdout: '' })
  })
})

describe('the key of a user', () => {
  const home = () => folderWith()
  const host = join(folderWith({ 'host.pub': 'ssh-ed25519 HOST root@backup\n' }), 'host.pub')
  const make = (HOME: string) => run('make-ssh-key.sh', ['barman@backup', host], { HOME })
  const mode = (path: string) => (statSync(path).mode & 0o777).toString(8)

  test('is made once, and readable for him alone', () => {
    const HOME = home()
    const first = make(HOME)
    expect(first).toMatchObject({ status: 0, stderr: 'changed' })
    expect(first.stdout).toMatch(/^ssh-ed25519 AAAA\S+\nssh-ed25519 HOST$/)
    expect([mode(join(HOME, '.ssh')), mode(join(HOME, '.ssh/id_ed25519'))]).toEqual(['700', '600'])
    expect(make(HOME)).toEqual({ ...first, stderr: '' })
  })

  test('that others may read is his again', () => {
    const HOME = home()
    const { stdout } = make(HOME)
    chmodSync(join(HOME, '.ssh/id_ed25519'), 0o644)
    expect(make(HOME)).toEqual({ status: 0, stdout, stderr: 'changed' })
    expect(mode(join(HOME, '.ssh/id_ed25519'))).toBe('600')
  })

  test('that somebody has edited is set aside', () => {
    const HOME = home()
    make(HOME)
    const key = join(HOME, '.ssh/id_ed25519')
    const edited = readFileSync(key, 'utf8').replace(/b3Blbn/, 'b3Blbm')
    writeFileSync(key, edited)
    expect(make(HOME)).toMatchObject({ status: 0, stderr: 'changed' })
    expect(readFileSync(`${key}.before`, 'utf8')).toBe(edited)
    expect(readdirSync(join(HOME, '.ssh')).sort()).toEqual([
      'id_ed25519',
      'id_ed25519.before',
      'id_ed25519.pub',
    ])
  })
})

describe('how the newest full backup was taken', () => {
  const barman = scriptedTools({ barman: '#!/bin/sh\necho "{}"\n' })
  const info = (mode: string, status = 'DONE', parent = 'None') =>
    `status=${status}\nmode=${mode}\nparent_backup_id=${parent}\n`
  const told = (files: Readonly<Record<string, string>>) => {
    const HOME = folderWith()
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(join(HOME, 'main', name, '..'), { recursive: true })
      writeFileSync(join(HOME, 'main', name), text)
    }
    const { stderr } = run('list-backups.sh', [join(HOME, 'due'), 'main'], { ...barman, HOME })
    return stderr.split('\n').filter((line) => !line.startsWith('now='))
  }

  test('is that of the newest that is DONE, wherever Barman keeps the file', () => {
    expect(told({})).toEqual([])
    expect(told({ 'base/20261130T010203/backup.info': info('postgres') })).toEqual(['method=postgres'])
    expect(
      told({
        'base/20261130T010203/backup.info': info('postgres'),
        'meta/20261201T010203-backup.info': info('rsync-concurrent'),
        'base/20261202T010203/backup.info': info('postgres', 'FAILED'),
        'base/20261203T010203/backup.info': info('postgres', 'DONE', '20261130T010203'),
      }),
    ).toEqual(['method=rsync'])
  })
})

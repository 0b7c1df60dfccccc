import { describe, expect, test } from 'vitest'
import { sshKeys } from '../../src/checks/ssh-keys.ts'
import { barmanPaths } from '../../src/guest-paths.ts'
import type { LabNode } from '../../src/lab.ts'
import type { Guest } from '../../src/tools/ssh/guest-contract.ts'
import { testBackup, testLab } from '../support/lab.ts'

const lab = testLab({ backup: testBackup({ method: 'rsync' }) })
const KEYS = {
  master: 'ssh-ed25519 AAAAmaster',
  slave: 'ssh-ed25519 AAAAslave',
  backup: 'ssh-ed25519 AAAAbackup',
}
const HOSTS = { master: 'ssh-ed25519 AAAAh1', slave: 'ssh-ed25519 AAAAh2', backup: 'ssh-ed25519 AAAAh3' }
const may = `command="sh ${barmanPaths().getWal} master",restrict`

type Name = keyof typeof KEYS

/** What each host says of itself, line by line. */
const SAID: Readonly<Record<Name, readonly string[]>> = {
  backup: [
    'mode\t600 barman',
    `key\t${KEYS.backup}`,
    `known_hosts\t192.168.11.150 ${HOSTS.master}`,
    `known_hosts\t192.168.11.151 ${HOSTS.slave}`,
    `authorized_keys\tfrom="192.168.11.150",${may} ${KEYS.master} postgres@master`,
    `authorized_keys\tfrom="192.168.11.151",${may} ${KEYS.slave} postgres@slave`,
    `host\t${HOSTS.backup}`,
    'program\trsync',
  ],
  master: server('master'),
  slave: server('slave'),
}

function server(name: 'master' | 'slave'): readonly string[] {
  return [
    'mode\t600 postgres',
    `key\t${KEYS[name]}`,
    `known_hosts\t192.168.11.152 ${HOSTS.backup}`,
    `authorized_keys\tfrom="192.168.11.152",restrict ${KEYS.backup} barman@backup`,
    `host\t${HOSTS[name]}`,
    'program\trsync',
    'program\tbarman-wal-restore',
  ]
}

interface Twist {
  readonly lines?: Partial<Record<Name, (lines: readonly string[]) => readonly string[]>>
  readonly sshCommand?: string
  /** stderr of a failed login of Barman. */
  readonly refused?: string
  /** Whether a server may have anything carried out on the backup host. */
  readonly open?: boolean
}

function guestOf({ lines = {}, sshCommand, refused, open }: Twist): Guest {
  const answer = (node: LabNode, words: string) => {
    const name = node.name as Name
    if (words.includes('id_ed25519'))
      return { stdout: (lines[name] ?? ((same) => same))(SAID[name]).join('\n') }
    if (words.includes('show-server')) {
      const ssh_command = sshCommand ?? 'ssh -o StrictHostKeyChecking=yes postgres@192.168.11.150'
      return { stdout: JSON.stringify({ master: { ssh_command } }) }
    }
    if (words.includes('ssh -v')) {
      const told = "debug1: Host '192.168.11.150' is known and matches the ED25519 host key.\r\n"
      return refused ? { exitCode: 255, stderr: `${refused}\r\n` } : { stderr: told }
    }
    if (!words.startsWith('sh -c "$@" || exit 1'))
      throw new Error(`255 would look like our own ssh: ${words}`)
    if (words.includes('list-backup')) return { exitCode: open ? 0 : 1 }
    if (words.includes('barman-wal-restore --test')) return {}
    throw new Error(`not scripted: ${words}`)
  }
  return {
    shell: async (node, argv) => ({
      ...{ exitCode: 0, stdout: '', stderr: '', durationMs: 1 },
      ...answer(node, argv.join(' ')),
    }),
    rows: async () => [],
    execute: async () => {},
  }
}

async function found(twist: Twist) {
  const failed = (await sshKeys.run(lab, guestOf(twist))).filter(({ ok }) => !ok)
  expect(failed.filter(({ hint }) => !hint?.includes('npx create-pg-lab provision'))).toEqual([])
  return failed.map(({ node, what, observed }) => `${node} ${what}: ${observed}`)
}

test('a lab whose base backups go by pg_basebackup has nothing to look at', async () => {
  expect(await sshKeys.run(testLab(), guestOf({}))).toEqual([])
})

test('all is well, and the words of ssh show it', async () => {
  const findings = await sshKeys.run(lab, guestOf({}))
  expect(findings.filter(({ ok }) => !ok)).toEqual([])
  expect(findings.find(({ what }) => what === 'ssh from Barman to slave')?.output).toContain(
    'is known and matches',
  )
})

describe('a sabotage is found by name, and mended by the playbook:', () => {
  const added = (line: string) => (lines: readonly string[]) => [...lines, line]
  const changed = (from: string, to: string) => (lines: readonly string[]) =>
    lines.map((line) => line.replace(from, to))

  test('a foreign host key', async () => {
    const lines = {
      backup: changed(
        'known_hosts\t192.168.11.151 ssh-ed25519 AAAAh2',
        'known_hosts\t192.168.11.151 ssh-ed25519 AAAAfore1gnKeyXX',
      ),
    }
    expect(await found({ lines })).toEqual([
      'backup host keys that barman knows: without that of slave; a line too many: 192.168.11.151 ssh-ed25519 AAAAfore…nKeyXX'.replace(
        '…nKeyXX',
        '…1gnKeyXX',
      ),
    ])
  })

  test('a key without from=', async () => {
    expect(await found({ lines: { master: changed('from="192.168.11.152",', '') } })).toEqual([
      'master who may log in as postgres: without that of backup; a line too many: restrict ssh-ed25519 AAAAbackup',
    ])
  })

  test('a line too many', async () => {
    expect(await found({ lines: { slave: added('authorized_keys\tssh-rsa AAAAB3mine me@home') } })).toEqual([
      'slave who may log in as postgres: a line too many: ssh-rsa AAAAB3mine',
    ])
  })

  test('a server that may have anything carried out on the backup host', async () => {
    const lines = { backup: changed(`from="192.168.11.150",${may}`, 'from="192.168.11.150",restrict') }
    expect(await found({ lines, open: true })).toEqual([
      'backup who may log in as barman: without that of master; a line too many: from="192.168.11.150",restrict ssh-ed25519 AAAAmaster',
      'master another command for Barman from master: carried out',
      'slave another command for Barman from slave: carried out',
    ])
  })

  test('rsync missing on one side', async () => {
    const lines = { master: (all: readonly string[]) => all.filter((line) => line !== 'program\trsync') }
    expect(await found({ lines })).toEqual(['master programs for base backups over SSH: without rsync'])
  })

  test('a key that somebody edited, or that others may read', async () => {
    const lines = {
      backup: changed(`key\t${KEYS.backup}`, 'key\t'),
      slave: changed('600 postgres', '644 postgres'),
    }
    const refused = 'postgres@192.168.11.150: Permission denied (publickey).'
    const told = await found({ lines, refused })
    expect(told).toContain('backup SSH key of barman: none that can be read, 600 barman')
    expect(told).toContain('slave SSH key of postgres: ed25519, 644 postgres')
    expect(told).toContain(`backup ssh from Barman to slave: ${refused}`)
  })

  test('an ssh_command that takes any host key', async () => {
    expect(await found({ sshCommand: 'ssh -o StrictHostKeyChecking=no postgres@192.168.11.150' })).toEqual([
      'backup host keys that ssh_command accepts: any: ssh -o StrictHostKeyChecking=no postgres@192.168.11.150',
    ])
  })
})

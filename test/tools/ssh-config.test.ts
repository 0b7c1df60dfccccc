import { spawnSync } from 'node:child_process'
import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { controlFolder, KNOWN_HOSTS, SSH_CONFIG, writeSshConfig } from '../../src/tools/ssh-config.ts'
import { folderWith, master } from './helpers.ts'

const FROM_VAGRANT = `Host master
  HostName 127.0.0.1
  User vagrant
  Port 2200
  UserKnownHostsFile /dev/null
  StrictHostKeyChecking no
  PasswordAuthentication no
  IdentityFile "/home/a student/lab/.vagrant/machines/master/docker/private_key"
  IdentitiesOnly yes
  LogLevel FATAL

Host slave
  HostName 127.0.0.1
  User vagrant
  Port 2201
  LogLevel FATAL
`

function write(): string {
  const directory = folderWith()
  writeSshConfig(directory, FROM_VAGRANT, [master])
  return join(directory, SSH_CONFIG)
}

/** What ssh itself makes of the file. */
function asSshReads(file: string, host: string): string {
  const { stdout, stderr } = spawnSync('ssh', ['-G', '-F', file, host], { encoding: 'utf8' })
  expect(stderr).toBe('')
  return stdout
}

describe('writeSshConfig', () => {
  test('is read by ssh, ours before Vagrant’s, under the name and the address', () => {
    const file = write()
    for (const host of ['master', '10.97.1.10']) {
      const config = asSshReads(file, host)
      expect(config).toContain('hostname 127.0.0.1\n')
      expect(config).toContain('port 2200\n')
      expect(config).toContain('loglevel ERROR\n')
      expect(config).toContain(
        'identityfile /home/a student/lab/.vagrant/machines/master/docker/private_key\n',
      )
      expect(config).toMatch(new RegExp(`controlpath /tmp/pg-lab-${process.getuid?.()}/[0-9a-f]{40}\n`))
      expect(config).toContain('controlmaster auto\n')
      expect(config).not.toContain('sendenv')
    }
    expect(asSshReads(file, 'slave')).toContain('port 2201\n')
  })

  test('writes down the key a machine shows first, and holds it to that', () => {
    const id = 'c0ffee-1234-5678-9abc'
    const directory = folderWith({ '.vagrant/machines/master/docker/id': id })
    writeSshConfig(directory, FROM_VAGRANT, [master])
    const config = asSshReads(join(directory, SSH_CONFIG), 'master')
    expect(config).toContain('stricthostkeychecking accept-new\n')
    expect(config).toContain(`userknownhostsfile ${join(directory, KNOWN_HOSTS)}\n`)
    expect(config).toContain('hostkeyalias master-c0ffee123456\n')
  })

  test('is its owner’s alone, whatever lay there', () => {
    const file = write()
    chmodSync(file, 0o644)
    writeFileSync(file, 'old')
    writeSshConfig(join(file, '../..'), FROM_VAGRANT, [])
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(readFileSync(file, 'utf8')).toContain('Host master\n')
  })
})

test('the sockets’ folder is private, and not used when others may look in', () => {
  const folder = controlFolder()
  expect(folder).toBe(`/tmp/pg-lab-${process.getuid?.()}`)
  chmodSync(folder as string, 0o755)
  try {
    expect(controlFolder()).toBeUndefined()
  } finally {
    chmodSync(folder as string, 0o700)
  }
})

import { spawnSync } from 'node:child_process'
import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { LAB_FILES } from '../../../src/lab-files.ts'
import { controlFolder, serversSshConfig, writeSshConfig } from '../../../src/tools/ssh/ssh-config.ts'
import { testLab } from '../../support/lab.ts'
import { folderWith, master } from '../helpers.ts'

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
  return join(directory, LAB_FILES.sshConfig.path)
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
      expect(config).toMatch(
        new RegExp(`controlpath /tmp/pg-lab-${process.getuid?.()}/[0-9a-f]{40}-[0-9a-f]{8}\n`),
      )
      expect(config).toContain('controlmaster auto\n')
      expect(config).not.toContain('sendenv')
    }
    expect(asSshReads(file, 'slave')).toContain('port 2201\n')
  })

  test('writes down the key a machine shows first, and holds it to that', () => {
    const id = 'c0ffee-1234-5678-9abc'
    const directory = folderWith({ '.vagrant/machines/master/docker/id': id })
    writeSshConfig(directory, FROM_VAGRANT, [master])
    const config = asSshReads(join(directory, LAB_FILES.sshConfig.path), 'master')
    expect(config).toContain('stricthostkeychecking accept-new\n')
    expect(config).toContain(`userknownhostsfile ${join(directory, LAB_FILES.knownHosts.path)}\n`)
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

describe('existing servers', () => {
  const server = {
    name: 'master',
    address: '10.97.1.10',
    host: 'db1.example.org',
    port: 2222,
    user: 'admin',
    key: '/keys/мой ключ',
    certificate: '/keys/мой ключ-cert.pub',
    agent: '/run/agent',
    jump: 'outer.example.org,me@bastion.example.org:2200',
    proxyCommand: undefined,
  }
  const plain = {
    ...server,
    name: 'slave',
    host: '10.97.1.11',
    port: 22,
    user: undefined,
    key: undefined,
    certificate: undefined,
    agent: undefined,
    jump: undefined,
    proxyCommand: undefined,
  }
  const lab = testLab({ provider: 'ssh', servers: [server, plain], knownHosts: '/keys/known' })
  const file = () => {
    const directory = folderWith()
    writeSshConfig(directory, serversSshConfig(lab), [master])
    return join(directory, LAB_FILES.sshConfig.path)
  }

  test('are reached as the config says, and their host keys are checked', () => {
    const config = asSshReads(file(), 'master')
    for (const line of [
      'hostname db1.example.org',
      'port 2222',
      'user admin',
      'identityfile /keys/мой ключ',
      'identitiesonly yes',
      'certificatefile /keys/мой ключ-cert.pub',
      'identityagent /run/agent',
      'proxyjump outer.example.org,me@bastion.example.org:2200',
      'stricthostkeychecking true',
      'userknownhostsfile /keys/known',
      'batchmode yes',
    ]) {
      expect(config).toContain(`${line}\n`)
    }
  })

  test('are connected to by a command', () => {
    const proxyCommand = `nc -X 5 -x "proxy:1080" %h %p`
    const commanded = testLab({ provider: 'ssh', servers: [{ ...plain, proxyCommand }] })
    const directory = folderWith()
    writeSshConfig(directory, serversSshConfig(commanded), [])
    expect(asSshReads(join(directory, LAB_FILES.sshConfig.path), 'slave')).toContain(
      `proxycommand ${proxyCommand}\n`,
    )
  })

  test('without a key of their own may use those of the agent', () => {
    expect(asSshReads(file(), 'slave')).toContain('identitiesonly no\n')
  })

  test('share no connection with another way to the same server', () => {
    const socket = (servers: Parameters<typeof testLab>[0]) => {
      const directory = folderWith()
      writeSshConfig(directory, serversSshConfig(testLab({ provider: 'ssh', ...servers })), [])
      return /^controlpath (.*)$/m.exec(
        asSshReads(join(directory, LAB_FILES.sshConfig.path), plain.name),
      )?.[1]
    }
    const direct = socket({ servers: [plain] })
    expect(socket({ servers: [plain] })).toBe(direct)
    const others = [{ jump: 'admin@10.0.0.1' }, { jump: 'admin@10.0.0.1,admin@10.0.0.2' }, { key: '/other' }]
    const sockets = [direct, ...others.map((way) => socket({ servers: [{ ...plain, ...way }] }))]
    expect(new Set(sockets).size).toBe(4)
  })

  test('are gone to through a host whose key is checked too', () => {
    for (const host of ['outer.example.org', 'bastion.example.org']) {
      const config = asSshReads(file(), host)
      expect(config).toContain('stricthostkeychecking true\n')
      expect(config).toContain('userknownhostsfile /keys/known\n')
      expect(config).toContain('identityfile /keys/мой ключ\n')
    }
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

import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { PROVIDERS } from '../../../src/catalog/providers/index.ts'
import { CommandError } from '../../../src/errors.ts'
import type { Lab } from '../../../src/lab.ts'
import {
  findSnapshot,
  removeSnapshot,
  restoreSnapshot,
  saveSnapshot,
  standstillOrder,
  verifyFreeName,
  verifyHasSnapshots,
} from '../../../src/operations/snapshot/index.ts'
import { readSnapshots } from '../../../src/operations/snapshot/record.ts'
import type { SnapshotLab } from '../../../src/operations/snapshot/snapshot-way.ts'
import type { Runner } from '../../../src/tools/runner.ts'
import { createVagrant } from '../../../src/tools/vagrant/vagrant.ts'
import { fakeGuest, PRIMARY, type Servers, standby } from '../../support/fake-lab.ts'
import { testLab, testSlave } from '../../support/lab.ts'
import { folderWith, scriptedTools } from '../../tools/helpers.ts'
import { refusal } from '../scene.ts'

const MACHINES = ['master', 'slave', 'backup']

/** As docker 20.10 told it of a master of ours; what the Vagrantfile does not decide is left out. */
const inspected = (name: string) => ({
  Name: `/otus-${name}`,
  Config: { Hostname: name },
  HostConfig: {
    Binds: null,
    CapAdd: ['CAP_SYS_ADMIN'],
    CapDrop: null,
    ExtraHosts: null,
    Memory: 1073741824,
    MemorySwap: 2147483648,
    NanoCpus: 1500000000,
    PortBindings: { '22/tcp': [{ HostIp: '127.0.0.1', HostPort: '2202' }] },
    Privileged: false,
    SecurityOpt: ['seccomp=unconfined', 'apparmor=unconfined'],
    ShmSize: 268435456,
    Tmpfs: { '/run': '', '/tmp': 'size=1g' },
  },
  NetworkSettings: {
    Networks: {
      bridge: { IPAMConfig: null },
      'pg-lab_192.168.11.0/24': { IPAMConfig: { IPv4Address: '192.168.11.150' } },
    },
  },
})
const HOSTS = (name: string) => `127.0.0.1\tlocalhost\n172.17.0.4\t${name}\n10.1.2.3 accounting\n`

/** Three containers, and every command that was started for them. */
function scene(overrides: Partial<Lab> = {}, fails: (line: string) => boolean = () => false) {
  const lab = testLab(overrides)
  const provider = lab.provider
  const directory = folderWith({
    ...Object.fromEntries(MACHINES.map((name) => [`.vagrant/machines/${name}/${provider}/id`, `id-${name}`])),
    ...Object.fromEntries(
      MACHINES.map((name) => [`.vagrant/machines/${name}/${provider}/private_key`, `key of ${name}`]),
    ),
    '.pg-lab/secrets/replica': 'then',
    '.pg-lab/ssh_config': 'Host master\n',
  })
  const images = new Set<string>()
  const commands: string[] = []
  const stdins: string[] = []
  const run: Runner = async ({ file, args, stdin }) => {
    const shown = args.map((arg) => (arg.includes('\n') ? '…' : arg))
    const line = [file, ...shown].join(' ')
    commands.push(line)
    if (stdin) stdins.push(stdin)
    if (fails(line)) throw new CommandError('it failed', { command: line, exitCode: 1 })
    const name = args.at(-1) ?? ''
    if (args[0] === 'commit') images.add(name)
    if (args[1] === 'rm') for (const image of args.slice(3)) images.delete(image)
    const node = MACHINES.find((one) => line.includes(`id-${one}`) || line.includes(`otus-${one} `)) ?? ''
    const answers: Readonly<Record<string, string>> = {
      inspect: JSON.stringify([inspected(node)]),
      exec: HOSTS(node),
      image: args[1] === 'ls' && images.has(name) ? 'sha256:1\n' : '',
      history: '1000\n5\n',
      create: `new-${node}\n`,
      ps: 'c1 otus-master\nc2 otus-slave\nc3 somebody-else\n',
    }
    const stdout = file === 'docker' ? (answers[args[0] ?? ''] ?? '') : ''
    return { exitCode: 0, stdout, stderr: '', durationMs: 1 }
  }
  const servers: Servers = { master: PRIMARY, slave: standby() }
  const guest = fakeGuest(servers, {
    shell: async (node, argv) => ({
      exitCode: 0,
      stdout: argv[0] === 'hostname' ? `${node.name}\n` : `${node.name}\n10.0.0.1\ndebian 12\n1\n`,
      stderr: '',
      durationMs: 1,
    }),
  })
  const logFile = join(directory, 'log')
  const vagrant = createVagrant({ directory, run, logFile })
  const live: SnapshotLab = { lab, guest, run, directory, logFile, vagrant }
  return { live, commands, images, stdins, directory }
}

const silent = () => {}
const tools = (commands: readonly string[], pattern: RegExp) => commands.filter((line) => pattern.test(line))

/** What a docker of our own on PATH was called with: what is done while we end goes by no runner. */
async function thawedMeanwhile(work: () => Promise<void>): Promise<readonly string[]> {
  const told = join(folderWith(), 'told')
  const { PATH } = scriptedTools({ docker: `#!/bin/sh\necho "$@" >>${told}\n` })
  const before = process.env.PATH
  process.env.PATH = PATH
  try {
    await work()
  } finally {
    process.env.PATH = before
  }
  return readFileSync(told, 'utf8').trim().split('\n')
}

describe('of containers', () => {
  test('all stand still, the primary first, until all disks are copied', async () => {
    const { live, commands, images } = scene()
    await saveSnapshot(live, 'before', silent)
    expect(tools(commands, /pause|commit/)).toEqual([
      'docker pause id-master',
      'docker pause id-slave',
      'docker pause id-backup',
      expect.stringMatching(
        /^docker commit --pause=false id-master pg-lab\/snapshot:[0-9a-f]{12}-before-master$/,
      ),
      expect.stringMatching(/^docker commit --pause=false id-slave /),
      expect.stringMatching(/^docker commit --pause=false id-backup /),
      'docker unpause id-backup',
      'docker unpause id-slave',
      'docker unpause id-master',
    ])
    expect(images.size).toBe(3)
    expect(readSnapshots(live.directory).map(({ name }) => name)).toEqual(['before'])
  })

  test('go on when a disk cannot be copied, and nothing of it stays', async () => {
    const { live, images } = scene({}, (line) => line.includes('commit --pause=false id-slave'))
    const thawed = await thawedMeanwhile(() =>
      expect(saveSnapshot(live, 'before', silent)).rejects.toThrow('it failed'),
    )
    expect(thawed).toEqual(['unpause id-master', 'unpause id-slave', 'unpause id-backup'])
    expect([images.size, readSnapshots(live.directory)]).toEqual([0, []])
  })

  test('go on when one of them does not stand still', async () => {
    const { live, commands } = scene({}, (line) => line === 'docker pause id-slave')
    const thawed = await thawedMeanwhile(() =>
      expect(saveSnapshot(live, 'before', silent)).rejects.toThrow('it failed'),
    )
    expect(thawed).toEqual(['unpause id-master', 'unpause id-slave'])
    expect(tools(commands, /commit/)).toEqual([])
  })

  test('are made again as they were, and Vagrant knows them by their new numbers', async () => {
    const { live, commands, stdins, directory } = scene()
    const snapshot = await saveSnapshot(live, 'before', silent)
    commands.length = 0
    await restoreSnapshot(live, snapshot, silent)
    expect(tools(commands, /docker (rm|create|network|start)|network\.sh/).slice(0, 5)).toEqual([
      'docker rm --force --volumes c1 c2',
      'sh provisioning/support/node-image/network.sh make pg-lab_192.168.11.0/24 192.168.11.0/24',
      expect.stringMatching(
        /^docker create --name otus-master --hostname master --cap-add CAP_SYS_ADMIN --security-opt seccomp=unconfined --security-opt apparmor=unconfined --tmpfs \/run --tmpfs \/tmp:size=1g --publish 127.0.0.1:2202:22\/tcp --memory 1073741824 --memory-swap 2147483648 --cpus 1.5 --shm-size 268435456 pg-lab\/snapshot:/,
      ),
      'docker network connect --ip 192.168.11.150 pg-lab_192.168.11.0/24 new-master',
      'docker start new-master',
    ])
    expect(readFileSync(join(directory, '.vagrant/machines/slave/docker/id'), 'utf8')).toBe('new-slave')
    expect(stdins[0]).toBe('127.0.0.1\tlocalhost\n10.1.2.3 accounting\n') // without its own line, of another address
  })

  test('have the passwords and keys of that moment', async () => {
    const { live, directory } = scene()
    const snapshot = await saveSnapshot(live, 'before', silent)
    const write = (path: string, text: string) => {
      mkdirSync(dirname(join(directory, path)), { recursive: true })
      writeFileSync(join(directory, path), text)
    }
    write('.pg-lab/secrets/replica', 'now')
    write('.pg-lab/secrets.old/replica', 'then')
    write('.vagrant/machines/master/docker/private_key', 'another')
    await restoreSnapshot(live, snapshot, silent)
    expect(readFileSync(join(directory, '.pg-lab/secrets/replica'), 'utf8')).toBe('then')
    expect(existsSync(join(directory, '.pg-lab/secrets.old'))).toBe(false)
    expect(readFileSync(join(directory, '.vagrant/machines/master/docker/private_key'), 'utf8')).toBe(
      'key of master',
    )
    expect(statSync(join(directory, '.pg-lab/snapshots/before')).mode & 0o777).toBe(0o700)
  })

  test('are left alone when an image is gone', async () => {
    const { live, commands, images } = scene()
    const snapshot = await saveSnapshot(live, 'before', silent)
    images.delete([...images][1] ?? '')
    commands.length = 0
    expect(await refusal(restoreSnapshot(live, snapshot, silent))).toMatch(
      /^The image of slave is gone: .* → nothing was changed; forget the snapshot: npx create-pg-lab snapshot rm before$/,
    )
    expect(tools(commands, /docker (rm|create)/)).toEqual([])
  })

  test('give their room back', async () => {
    const { live, images, directory } = scene()
    const snapshot = await saveSnapshot(live, 'before', silent)
    await removeSnapshot(live, snapshot)
    expect([images.size, readdirSync(join(directory, '.pg-lab/snapshots'))]).toEqual([0, []])
  })
})

describe.each(['virtualbox', 'libvirt', 'vmware_desktop', 'parallels'] as const)(
  'of virtual machines of %s',
  (provider) => {
    test('Vagrant keeps stopped machines, and they are started again', async () => {
      const { live, commands } = scene({ provider })
      const snapshot = await saveSnapshot(live, 'before', silent)
      expect(tools(commands, /^vagrant (halt|snapshot)/)).toEqual([
        'vagrant halt --machine-readable master',
        'vagrant halt --machine-readable slave',
        'vagrant halt --machine-readable backup',
        'vagrant snapshot save --machine-readable before',
      ])
      commands.length = 0
      await restoreSnapshot(live, snapshot, silent)
      expect(tools(commands, /^vagrant snapshot/)).toEqual([
        'vagrant snapshot restore --machine-readable --no-provision --no-start before',
      ])
      commands.length = 0
      await removeSnapshot(live, snapshot)
      expect(commands).toEqual(['vagrant snapshot delete --machine-readable before'])
      expect(readSnapshots(live.directory)).toEqual([])
    })
  },
)

describe('the order in which they stand still', () => {
  const cascade = testLab({
    slaves: [testSlave({ name: 'leaf', upstream: 'middle' }), testSlave({ name: 'middle' })],
  })
  const state = (name: string, is: 'primary' | 'standby' | 'gone') => ({
    node: [cascade.master, ...cascade.slaves].find((node) => node.name === name) ?? cascade.master,
    state: is,
  })

  test('is that in which WAL flows, in a cascade too', () => {
    expect(standstillOrder(cascade, [state('master', 'primary')])).toEqual([
      'master',
      'middle',
      'leaf',
      'backup',
    ])
  })

  test('begins with the primary of now', () => {
    const states = [state('master', 'standby'), state('leaf', 'primary')]
    expect(standstillOrder(cascade, states)).toEqual(['leaf', 'master', 'middle', 'backup'])
  })

  test('is that of the config where nobody answers', () => {
    expect(standstillOrder(cascade, [state('master', 'gone')])).toEqual([
      'master',
      'middle',
      'leaf',
      'backup',
    ])
  })
})

describe('what cannot be', () => {
  test('is a snapshot of existing servers', async () => {
    expect(await refusal(() => verifyHasSnapshots({ provider: 'ssh' }))).toMatchInlineSnapshot(
      `"The servers of this lab were there before it: create-pg-lab takes no snapshots of them → take a backup, which can be restored: npx create-pg-lab backup"`,
    )
    expect(Object.values(PROVIDERS).map(({ can }) => can.snapshot === 'nobody')).toContain(true)
  })

  test.each(['', '../x', 'A', 'a b', '-a', 'a'.repeat(41)])('is one called %o', async (name) => {
    expect(await refusal(() => verifyFreeName(folderWith(), name))).toMatch(/^A snapshot cannot be called /)
  })

  test('is a second one of the same name', async () => {
    const { live } = scene()
    await saveSnapshot(live, 'before', silent)
    expect(await refusal(() => verifyFreeName(live.directory, 'before'))).toMatchInlineSnapshot(
      `"There is a snapshot before → choose another name, or delete it: npx create-pg-lab snapshot rm before"`,
    )
  })

  test('is to come back to one that is not there, or to other machines', async () => {
    const { live } = scene()
    expect(await refusal(() => void findSnapshot(live, 'x'))).toMatchInlineSnapshot(
      `"There is no snapshot x → there is none yet: npx create-pg-lab snapshot save before-drill"`,
    )
    await saveSnapshot(live, 'before', silent)
    expect(await refusal(() => void findSnapshot(live, 'x'))).toMatchInlineSnapshot(
      `"There is no snapshot x → choose from before"`,
    )
    const other = { ...live, lab: testLab({ slaves: [] }) }
    expect(await refusal(() => void findSnapshot(other, 'before'))).toMatchInlineSnapshot(
      `"The snapshot before is of backup, master, slave (docker); the config has backup, master (docker) → let the config have those machines again, or delete the snapshot: npx create-pg-lab snapshot rm before"`,
    )
  })
})

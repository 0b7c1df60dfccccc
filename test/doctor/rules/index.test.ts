import { chmodSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { ProviderName } from '../../../src/catalog/names.ts'
import { OPERATING_SYSTEMS } from '../../../src/catalog/os.ts'
import { createHost, type Host } from '../../../src/doctor/host.ts'
import { examine } from '../../../src/doctor/index.ts'
import { CommandError } from '../../../src/errors.ts'
import type { Lab } from '../../../src/lab.ts'
import { packageRoot } from '../../../src/package-root.ts'
import { testLab } from '../../support/lab.ts'
import { folderWith } from '../../tools/helpers.ts'
import {
  BASICS,
  computer,
  DOCKER,
  DOCKER_DENIED,
  DOCKER_DOWN,
  DOCKER_INFO,
  SAID,
  scriptedRunner,
} from '../computer.ts'

/** Rule id → what was seen, with cause and remedy where it is a problem. */
async function sightings(host: Host, provider: ProviderName, lab = undefined as never) {
  const diagnoses = await examine(host, { provider, lab })
  return Object.fromEntries(
    diagnoses.map(({ rule, sighting }) => [
      rule.id,
      sighting.ok
        ? [sighting.seen, sighting.warning].filter(Boolean).join(' | ')
        : `${sighting.seen} | ${sighting.cause} | ${sighting.remedy}`,
    ]),
  )
}

test('a computer that has everything', async () => {
  const { host } = computer({ ...BASICS, ...DOCKER })
  expect(await sightings(host, 'docker')).toEqual({
    node: '22.23.3',
    vagrant: '2.3.4',
    ansible: '2.14.18',
    ssh: '9.2',
    docker: '28.2.2',
    'docker-daemon': '20.10.24+dfsg1, cgroup v1',
    clock: '2026-11-25',
  })
})

test('a program that gives no answer in time is there all the same', async () => {
  const slow = createHost(async ({ file }) => {
    throw new CommandError(`${file} took longer than 60 s and was stopped`, { command: file, timedOut: true })
  })
  expect(await slow.ask('vagrant', ['--version'])).toMatchObject({ exitCode: 124 })
  expect((await sightings(slow, 'docker')).vagrant).toBe('found')
})

describe('a computer that has nothing', () => {
  test.each([
    ['apt', {}],
    ['dnf', { manager: 'dnf', title: 'Fedora Linux 42' }],
    ['pacman', { manager: 'pacman', title: 'Arch Linux', isRoot: true }],
    ['brew', { manager: 'brew', system: 'darwin', title: 'macOS' }],
    ['winget', { manager: 'winget', system: 'win32', title: 'Windows' }],
    ['none', { manager: undefined, title: 'Alpine Linux v3.22' }],
  ] as const)('%s', async (_, platform) => {
    const { host } = computer({}, { platform, nodeVersion: '18.20.4' })
    expect(await sightings(host, 'docker')).toMatchSnapshot()
  })
})

test('versions that are too old', async () => {
  const { host } = computer({
    'vagrant --version': 'Vagrant 2.2.14\n',
    'ansible-playbook --version': 'ansible-playbook [core 2.13.4]\n',
    'ssh -V': SAID.ssh,
    'docker --version': 'Docker version 19.03.8, build afacb8b\n',
  })
  expect(await sightings(host, 'docker')).toMatchObject({
    vagrant:
      '2.2.14 | Vagrant 2.3 or newer is needed | install a newer one from https://developer.hashicorp.com/vagrant/install',
    ansible: expect.stringMatching(/^2\.13\.4 \| ansible-core 2\.14 or newer is needed/),
    docker: expect.stringMatching(/^19\.03\.8 \| Docker 20\.10 or newer is needed/),
  })
})

test('any Vagrant goes with any ansible-core: the Vagrantfile calls ansible-playbook itself', async () => {
  const { host } = computer({
    ...BASICS,
    'vagrant --version': 'Vagrant 2.3.7\n',
    'ansible-playbook --version': 'ansible-playbook [core 2.22.0]\n',
  })
  expect(await sightings(host, 'docker')).toMatchObject({ vagrant: '2.3.7', ansible: '2.22.0' })
})

describe('the way from a container to the machines', () => {
  const BRIDGE =
    'docker network inspect --format {{with index .IPAM.Config 0}}{{.Gateway}} {{.Subnet}}{{end}} bridge'
  const reach = async (address: string, files = ['/.dockerenv'], bridge = ' 172.17.0.0/16\n') => {
    const seen = { files, networks: { eth0: address } }
    const { host } = computer({ ...BASICS, ...DOCKER, [BRIDGE]: bridge }, seen)
    return (await sightings(host, 'docker'))['docker-reach']
  }

  test('is there in the network of its host, and not in one of its own', async () => {
    expect(await reach('172.17.0.1/16')).toBe("the daemon's own network")
    expect(await reach('172.17.0.5/16')).toMatchInlineSnapshot(
      `"none | this container has a network of its own, and the machines' ssh is at 127.0.0.1 of the daemon's computer | start the container with --network host"`,
    )
    expect(await reach('172.17.0.9/16', ['/.dockerenv'], '172.17.0.9 172.17.0.0/16\n')).not.toContain('none')
    expect(await reach('172.17.0.5/16', ['/.dockerenv'], '')).toBe('not known')
  })

  test('is there also while no container is on the bridge, which Node then keeps quiet about', async () => {
    const IP = 'ip -o -4 address'
    const answers = {
      [BRIDGE]: ' 172.17.0.0/16\n',
      [IP]: '3: docker0    inet 172.17.0.1/16 scope global docker0\n',
    }
    const seen = { files: ['/.dockerenv'], networks: { eth0: '10.0.0.2/24' } }
    const { host } = computer({ ...BASICS, ...DOCKER, ...answers }, seen)
    expect((await sightings(host, 'docker'))['docker-reach']).toBe("the daemon's own network")
  })

  test('is no question on a computer', async () => {
    expect(await reach('192.168.1.5/24', [])).toBeUndefined()
  })
})

test.each([
  ['18.20.4', false],
  ['20.18.1', false],
  ['20.19.0', true],
  ['21.7.3', false],
  ['22.11.0', false],
  ['22.12.0', true],
  ['24.1.0', true],
])('Node.js %s: %s', async (nodeVersion, ok) => {
  const { host } = computer(BASICS, { nodeVersion })
  const { node } = await sightings(host, 'docker')
  expect(!node?.includes('is needed')).toBe(ok)
})

test.each([
  ['20.20.2', 'has had no fixes since 2026-04-30. A newer one: https://nodejs.org/'],
  ['22.23.3', undefined],
  ['23.4.0', 'Node.js 23 has had no fixes since 2025-06-01'],
  ['24.21.0', undefined],
  ['25.9.0', '25.9.0 is newer than what create-pg-lab was run with'],
])('Node.js %s: %s', async (nodeVersion, word) => {
  const { node } = await sightings(computer(BASICS, { nodeVersion }).host, 'docker')
  if (word) expect(node).toContain(`${nodeVersion} | `)
  expect(node).toContain(word ?? nodeVersion)
  expect(node === nodeVersion).toBe(word === undefined)
})

/** How each program says its version. */
const SAYS = {
  vagrant: (version: string) => ({ 'vagrant --version': `Vagrant ${version}\n` }),
  ansible: (version: string) => ({ 'ansible-playbook --version': `ansible-playbook [core ${version}]\n` }),
  ssh: (version: string) => ({ 'ssh -V': { stderr: `OpenSSH_${version}p1, OpenSSL 3.5.4\n` } }),
  docker: (version: string) => ({ 'docker --version': `Docker version ${version}, build 12345\n` }),
  'docker-daemon': (version: string) => ({ [DOCKER_INFO]: `${version} 2\n` }),
} as const

describe('a version that create-pg-lab was not run with is told in one line, and is no problem', () => {
  test.each([
    ['vagrant', '2.3.2', 'older'],
    ['vagrant', '2.3.4', undefined],
    ['vagrant', '2.3.7', undefined],
    ['vagrant', '2.4.9', 'newer'],
    ['ansible', '2.14.0', undefined],
    ['ansible', '2.17.5', undefined],
    ['ansible', '2.22.3', undefined],
    ['ansible', '2.23.0', 'newer'],
    ['ansible', '3.0.0', 'newer'],
    ['ssh', '8.9', 'older'],
    ['ssh', '10.6', undefined],
    ['ssh', '11.0', 'newer'],
    ['docker', '28.5.2', undefined],
    ['docker', '29.1.0', 'newer'],
    ['docker-daemon', '20.10.24+dfsg1', undefined],
    ['docker-daemon', '30.0.1', 'newer'],
  ] as const)('%s %s', async (program, version, word) => {
    const { host } = computer({ ...BASICS, ...DOCKER, ...SAYS[program](version) })
    const diagnoses = await examine(host, { provider: 'docker', lab: undefined })
    const sighting = diagnoses.find(({ rule }) => rule.id === program)?.sighting
    expect(sighting).toMatchObject({ ok: true, seen: expect.stringContaining(version) })
    const warning = (sighting?.ok && sighting.warning) || ''
    expect(/is (older|newer) than what create-pg-lab was run with/.exec(warning)?.[1]).toBe(word)
  })

  test('and so is a program that it was never run with', async () => {
    const { host } = computer({ ...BASICS, 'VBoxManage --version': '7.0.20r163906\n' })
    expect((await sightings(host, 'virtualbox')).vboxmanage).toBe(
      '7.0.20 | create-pg-lab has not been run with it yet: what it writes for it was checked, not tried.',
    )
  })
})

describe('Python of the machines', () => {
  const FOLDER = '/usr/lib/python3/dist-packages/ansible'
  const CODE = `${FOLDER}/module_utils/basic.py`

  /** @param code as it stands in the module_utils/basic.py of that ansible-core */
  const ansibleOn = async (lab: Lab, core: string, code: string) => {
    const said = `ansible-playbook [core ${core}]\n  ansible python module location = ${FOLDER}\n`
    const { host } = computer({ ...BASICS, 'ansible-playbook --version': said }, { texts: { [CODE]: code } })
    const diagnoses = await examine(host, { provider: 'docker', lab })
    return diagnoses.find(({ rule }) => rule.id === 'ansible')?.sighting
  }
  const on = (os: keyof typeof OPERATING_SYSTEMS) => testLab({ os: OPERATING_SYSTEMS[os] })

  test.each([
    ['2.14.18', '_PY3_MIN = sys.version_info >= (3, 5)\n_PY2_MIN = (2, 7) <= sys.version_info < (3,)\n'],
    ['2.19.11', '_PY_MIN = (3, 8)\n'],
    ['2.22.0', '_PY_MIN = (3, 9)\n'],
    ['2.22.0', '# nothing that is known\n'],
  ])('is new enough for ansible-core %s', async (core, code) => {
    expect(await ansibleOn(on('debian-11'), core, code)).toMatchObject({ ok: true, seen: core })
  })

  test('is too old for a core that has given it up', async () => {
    expect(await ansibleOn(on('debian-11'), '2.24.1', '_PY_MIN = (3, 10)\n')).toEqual({
      ok: false,
      seen: '2.24.1',
      cause: 'it wants Python 3.10 or newer on the machines, and Debian 11 has 3.9',
      remedy: 'set os to a newer system in cluster.config.ts, or install an older ansible-core',
    })
    expect(await ansibleOn(on('rocky-9'), '2.24.1', '_PY_MIN = (3, 10)\n')).toMatchObject({
      ok: false,
      remedy: expect.stringMatching(/^set runner to 'guest' in cluster\.config\.ts/),
    })
    expect(await ansibleOn(on('ubuntu-22.04'), '2.24.1', '_PY_MIN = (3, 10)\n')).toMatchObject({ ok: true })
  })
})

describe('the docker daemon', () => {
  const daemon = async (...given: Parameters<typeof computer>) =>
    (await sightings(computer(...given).host, 'docker'))['docker-daemon']

  test('does not run', async () => {
    const files = ['/usr/sbin/dockerd']
    expect(await daemon(DOCKER_DOWN, { files })).toMatchInlineSnapshot(
      `"not running | nothing answers on its socket | sudo systemctl start docker"`,
    )
    expect(await daemon(DOCKER_DOWN, { files, platform: { init: 'sysvinit' } })).toContain(
      'sudo service docker start',
    )
    expect(await daemon(DOCKER_DOWN, { files, platform: { init: 'none', isRoot: true } })).toMatch(
      / dockerd$/,
    )
    expect(await daemon(DOCKER_DOWN, { platform: { system: 'darwin', manager: 'brew' } })).toContain(
      'start Docker Desktop',
    )
  })

  test('is not installed, only its client', async () => {
    expect(await daemon(DOCKER_DOWN)).toMatchInlineSnapshot(
      `"not found | there is no dockerd on this computer | sudo apt-get install docker.io iptables"`,
    )
  })

  test('is years older than the client, or years younger', async () => {
    const complaint =
      'Error response from daemon: client version 1.52 is too new. Maximum supported API version is 1.41\n'
    expect(
      await daemon({ ...DOCKER, [DOCKER_INFO]: { stdout: '\n', stderr: complaint } }),
    ).toMatchInlineSnapshot(
      `"another API | client version 1.52 is too new. Maximum supported API version is 1.41 | install a docker client of the age of the daemon, and unset DOCKER_API_VERSION"`,
    )
  })

  test('refuses this user', async () => {
    expect(await daemon(DOCKER_DENIED)).toMatchInlineSnapshot(
      `"no permission | student may not use the daemon's socket (whoever may is as good as root) | sudo usermod -aG docker student, then log in again"`,
    )
  })
})

describe('the base image', () => {
  const INSPECT = 'docker image inspect --format {{.Id}} debian:12 pg-lab/base:debian-12'
  const image = async (...given: Parameters<typeof computer>) => {
    const diagnoses = await examine(computer(...given).host, { provider: 'docker', lab: testLab() })
    return diagnoses.find(({ rule }) => rule.id === 'base-image')?.sighting
  }

  test('is here', async () => {
    expect(await image({ ...DOCKER, [INSPECT]: 'sha256:0123\n' })).toEqual({
      ok: true,
      seen: 'debian:12 is here',
    })
    const onlyOurs = { exitCode: 1, stdout: 'sha256:0123\n\n', stderr: 'No such image: debian:12' }
    expect(await image({ ...DOCKER, [INSPECT]: onlyOurs })).toMatchObject({ ok: true })
  })

  const TRY = `sh ${join(packageRoot(), 'provisioning/support/node-image/base-mode.sh')} debian-12 bookworm`
  const absent = { [INSPECT]: { exitCode: 1, stdout: '\n' } }

  test('can be had', async () => {
    const made = { [TRY]: 'root /usr/share/keyrings/debian-archive-keyring.gpg\n' }
    expect(await image({ ...absent, ...made })).toEqual({ ok: true, seen: 'debian:12 can be made here' })
    expect(await image(absent, { registry: true })).toEqual({ ok: true, seen: 'debian:12 can be pulled' })
  })

  test('cannot be had: mmdebstrap makes it', async () => {
    const none = { [TRY]: { exitCode: 1, stderr: 'mmdebstrap is not installed\n' } }
    expect(await image({ ...absent, ...none })).toEqual({
      ok: false,
      seen: 'no debian:12',
      cause: 'registry-1.docker.io cannot be reached, and mmdebstrap is not installed',
      remedy: 'sudo apt-get install mmdebstrap uidmap',
      fix: { install: ['mmdebstrap'] },
    })
  })

  test('is made by root alone where there may be no namespaces', async () => {
    const refused = { [TRY]: { exitCode: 2, stderr: 'mmdebstrap may not make namespaces here\n' } }
    const sighting = await image({ ...absent, ...refused })
    expect(sighting).toMatchObject({
      ok: false,
      cause: expect.stringContaining('may not make namespaces here'),
      remedy: expect.stringContaining('sudo sh provisioning/support/node-image/build.sh'),
    })
    expect(sighting).not.toHaveProperty('fix')
  })

  test('cannot be made on a system without a shell', async () => {
    expect(await image(absent)).toMatchObject({
      ok: false,
      remedy: expect.stringContaining('mirrors.docker'),
    })
  })
})

describe('VirtualBox', () => {
  test('without its kernel driver', async () => {
    const { host } = computer({ ...BASICS, 'VBoxManage --version': SAID.virtualboxWithoutDriver })
    expect(await sightings(host, 'virtualbox')).toMatchObject({
      vboxmanage: expect.stringMatching(/^7\.0\.20 /),
      'virtualbox-driver': expect.stringContaining('sudo /sbin/vboxconfig'),
    })
  })

  test.each([
    ['6.1.50r161033', '2.3.0', true],
    ['7.0.20r163906', '2.3.2', false],
    ['7.0.20r163906', '2.3.4', true],
    ['7.1.4r165100', '2.4.1', false],
    ['7.2.0r170228', '2.4.3', false],
    ['7.2.0r170228', '2.4.9', true],
  ])('%s with Vagrant %s: %s', async (virtualbox, vagrant, ok) => {
    const { host } = computer({
      ...BASICS,
      'vagrant --version': `Vagrant ${vagrant}\n`,
      'VBoxManage --version': `${virtualbox}\n`,
    })
    const { vboxmanage } = await sightings(host, 'virtualbox')
    if (ok) expect(vboxmanage).toContain(`${virtualbox.split('r')[0]} | create-pg-lab has not been run`)
    else expect(vboxmanage).toContain(`Vagrant ${vagrant} cannot drive VirtualBox`)
  })
})

test('a VirtualBox that no Vagrant knows yet', async () => {
  const versions = { 'vagrant --version': 'Vagrant 2.4.9\n', 'VBoxManage --version': '7.3.2r170999\n' }
  const { vboxmanage } = await sightings(computer({ ...BASICS, ...versions }).host, 'virtualbox')
  expect(vboxmanage).toContain('The newest Vagrant create-pg-lab knows, 2.4.9, drives VirtualBox up to 7.2.')
})

describe('the networks VirtualBox allows', () => {
  const file = '/etc/vbox/networks.conf'
  test.each([
    ['no file', '192.168.56.0/24', {}, true],
    ['no file', '192.168.11.0/24', {}, false],
    ['a file that allows it', '192.168.11.0/24', { [file]: '# ours\n* 192.168.0.0/16 fd00::/8\n' }, true],
    ['a file that allows all', '192.168.11.0/24', { [file]: '* 0.0.0.0/0 ::/0\n' }, true],
    ['a file that allows a part', '192.168.11.0/24', { [file]: '* 192.168.11.128/25\n' }, false],
    ['a file without the default', '192.168.56.0/24', { [file]: '* 10.0.0.0/8\n' }, false],
  ])('%s, %s', async (_, subnet, texts, ok) => {
    const network = { ...testLab().network, subnet, mode: 'host-only' as const }
    const { host } = computer({ 'VBoxManage --version': '7.0.20r163906\n' }, { texts })
    const scope = { provider: 'virtualbox' as const, lab: testLab({ provider: 'virtualbox', network }) }
    const found = (await examine(host, scope)).find(({ rule }) => rule.id === 'virtualbox-networks')
    expect(found?.sighting).toMatchObject(
      ok ? { ok, seen: subnet } : { ok, remedy: expect.stringContaining(`\`* ${subnet}\``) },
    )
  })

  test('do not matter to a wire between the machines alone', async () => {
    const network = { ...testLab().network, mode: 'internal' as const }
    const { host } = computer({ 'VBoxManage --version': '7.0.20r163906\n' })
    const scope = { provider: 'virtualbox' as const, lab: testLab({ provider: 'virtualbox', network }) }
    expect((await examine(host, scope)).map(({ rule }) => rule.id)).not.toContain('virtualbox-networks')
  })
})

test('libvirt: plugin, daemon and KVM', async () => {
  const answers = {
    ...BASICS,
    'virsh --version': '9.0.0\n',
    'vagrant plugin list': 'vagrant-libvirt (0.11.2, system)\n  - Version Constraint: > 0\n',
    'virsh --connect qemu:///system uri': 'qemu:///system\n',
  }
  expect(await sightings(computer(answers).host, 'libvirt')).toMatchObject({
    virsh: '9.0.0',
    'vagrant-libvirt': '0.11.2',
    'libvirt-daemon': expect.stringContaining('machines are emulated'),
  })
  const files = ['/dev/kvm']
  const daemonOn = async (cpuinfo: string) => {
    const { host } = computer(answers, { files, texts: { '/proc/cpuinfo': cpuinfo } })
    return (await sightings(host, 'libvirt'))['libvirt-daemon']
  }
  expect(await daemonOn('flags\t\t: fpu vme sse2\n')).toContain('machines are emulated')
  expect(await daemonOn('flags\t\t: fpu vmx sse2\n')).toBe('running, with KVM')
  expect(await daemonOn('processor\t: 0\nCPU implementer\t: 0x41\n')).toBe('running, with KVM')
  const { host } = computer({ ...answers, 'vagrant plugin list': 'No plugins installed.\n' })
  expect((await sightings(host, 'libvirt'))['vagrant-libvirt']).toMatchInlineSnapshot(
    `"not found | the Vagrant plugin vagrant-libvirt is not installed | sudo apt-get install --no-install-recommends vagrant-libvirt"`,
  )
})

describe('what a lab needs besides tools', () => {
  /** The default lab in a folder, on this computer. */
  async function seenOn(
    seen: Parameters<typeof computer>[1],
    {
      provider = 'virtualbox',
      files = {},
      answers = {},
    }: { provider?: ProviderName; files?: Record<string, string>; answers?: Record<string, string> } = {},
  ) {
    const directory = folderWith(files)
    const scope = { provider, lab: testLab({ provider }), directory }
    const diagnoses = await examine(computer(answers, seen).host, scope)
    const of = (id: string) => diagnoses.find(({ rule }) => rule.id === id)?.sighting
    return { of, directory }
  }

  test('a network that this computer is not in already', async () => {
    const wifi = await seenOn({ networks: { wlan0: '192.168.11.23/24' } })
    expect(wifi.of('subnet')).toMatchObject({
      ok: false,
      seen: '192.168.11.0/24 is in use',
      cause: 'wlan0 of this computer is in 192.168.11.0/24',
      remedy: expect.stringContaining('network.subnet'),
    })
    const inside = await seenOn({ networks: { tap0: '192.168.11.129/25' } })
    expect(inside.of('subnet')).toMatchObject({ ok: false })
    const vpn = await seenOn({ networks: { tun0: '192.168.0.7/16' } })
    expect(vpn.of('subnet')).toMatchObject({
      ok: true,
      warning: expect.stringContaining('192.168.0.0/16, which tun0'),
    })
    const free = await seenOn({
      networks: { eth0: '10.0.0.5/8', tun0: '128.0.0.0/1', vboxnet0: '192.168.11.1/24' },
    })
    expect(free.of('subnet')).toEqual({ ok: true, seen: '192.168.11.0/24 is free' })
  })

  test('a network that no other lab’s containers are in', async () => {
    const words =
      'docker ps --all --filter network=pg-lab_192.168.11.0/24 --format {{.Label "pg-lab.folder"}}'
    const seenBeside = async (folders: string, present: string[]) => {
      const scope = { provider: 'docker', answers: { [words]: folders } } as const
      return (await seenOn({ files: present }, scope)).of('subnet')
    }
    const free = { ok: true, seen: '192.168.11.0/24 is free' }
    expect(await seenBeside('', [])).toEqual(free)
    expect(await seenBeside('/home/a lab\n', [])).toEqual(free) // renamed: it may be this one
    expect(await seenBeside('/home/a lab\n', ['/home/a lab'])).toEqual({
      ok: false,
      seen: '192.168.11.0/24 is in use',
      cause: 'the lab in /home/a lab has it',
      remedy: expect.stringContaining('e.g. 192.168.12.0/24'),
    })
  })

  test('memory for machines that are not there yet; containers take only what they use', async () => {
    const small = { freeMemoryMb: 2_000 }
    expect((await seenOn(small)).of('memory')).toMatchObject({
      ok: true,
      warning: expect.stringContaining('2560 MB'),
    })
    const files = { '.vagrant/machines/master/virtualbox/id': 'c0ffee' }
    expect((await seenOn(small, { files })).of('memory')).toEqual({ ok: true, seen: '2000 MB free' })
    expect((await seenOn(small, { provider: 'docker' })).of('memory')).toBeUndefined()
  })

  test('disk space for them', async () => {
    expect((await seenOn({ freeDiskMb: 4_000 })).of('disk')).toMatchObject({
      ok: false,
      seen: '4000 MB free',
      cause: expect.stringContaining('4500 MB'),
    })
    expect((await seenOn({ freeDiskMb: 5_000 })).of('disk')).toEqual({ ok: true, seen: '5000 MB free' })
  })

  test('a port for the ssh of each of them; machines of libvirt need none', async () => {
    const takenPorts = Array.from({ length: 49 }, (_, index) => 2200 + index)
    expect((await seenOn({ takenPorts })).of('ports')).toMatchObject({
      ok: false,
      seen: '2 free',
      cause: expect.stringContaining('there are 3'),
    })
    const files = { '.vagrant/machines/master/virtualbox/id': 'c0ffee' }
    expect((await seenOn({ takenPorts }, { files })).of('ports')).toEqual({ ok: true, seen: '2 free' })
    expect((await seenOn({ takenPorts }, { provider: 'libvirt' })).of('ports')).toBeUndefined()
  })

  test('Ansible, or a machine that runs it for all', async () => {
    const seen = async (runner: Lab['runner'], answers = {}) => {
      const scope = { provider: 'virtualbox' as const, lab: testLab({ runner }), directory: folderWith() }
      const diagnoses = await examine(computer(answers).host, scope)
      return diagnoses.find(({ rule }) => rule.id === 'ansible')?.sighting
    }
    expect(await seen('auto')).toEqual({ ok: true, seen: 'none here, so backup runs it for all' })
    expect(await seen('auto', BASICS)).toEqual({ ok: true, seen: '2.14.18' })
    expect(await seen('guest')).toBeUndefined()
    expect(await seen('host')).toMatchObject({ ok: false, seen: 'not found' })
  })

  test('names that no other container has', async () => {
    const format = '{{.Id}} {{.Name}} {{index .Config.Labels "pg-lab.folder"}}'
    const line = `docker container inspect --format ${format} otus-master otus-slave otus-backup`
    const seenBeside = async (stdout: string, made: Record<string, string> = {}, folders: string[] = []) => {
      const scope = { provider: 'docker', files: made, answers: { [line]: stdout } } as const
      return (await seenOn({ files: folders }, scope)).of('container-names')
    }
    const free = { ok: true, seen: 'free, or its own' }
    expect(await seenBeside('\n')).toEqual(free)
    const made = { '.vagrant/machines/master/docker/id': 'c0ffee' }
    expect(await seenBeside('c0ffee /otus-master /home/a lab\n', made)).toEqual(free)
    const others = 'c0ffee /otus-master /home/a lab\nbad /otus-slave /home/a lab\n'
    expect(await seenBeside(others, {}, ['/home/a lab'])).toEqual({
      ok: false,
      seen: 'otus-master, otus-slave taken',
      cause: 'the lab in /home/a lab has them',
      remedy: 'npx create-pg-lab destroy there, or give this lab another name in cluster.config.ts',
    })
    expect(await seenBeside(others)).toMatchObject({
      cause: 'the lab in /home/a lab had them, and that folder is gone',
      remedy: 'docker rm --force --volumes otus-master otus-slave',
    })
    expect(await seenBeside('c0ffee /otus-master \n')).toMatchObject({
      ok: false,
      cause: 'no lab made them',
      remedy: expect.stringContaining('if nobody needs them, docker rm'),
    })
  })

  test('a port that somebody listens on is not free', async () => {
    const server = createServer()
    const port = await new Promise<number>((done) => {
      server.listen(0, '127.0.0.1', () => done((server.address() as AddressInfo).port))
    })
    const { isFreePort } = createHost(scriptedRunner({}).run)
    expect(await isFreePort(port)).toBe(false)
    await new Promise((done) => server.close(done))
    expect(await isFreePort(port)).toBe(true)
  })

  test('nothing of this computer for servers that are elsewhere, in a network it is in', async () => {
    const seen = { networks: { wlan0: '192.168.11.23/24' }, freeMemoryMb: 1, freeDiskMb: 1 }
    const { of } = await seenOn(seen, { provider: 'ssh' })
    expect(['vagrant', 'subnet', 'ports', 'memory', 'disk'].map(of)).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
    ])
  })

  test('a folder that is not everybody’s', async () => {
    const { of, directory } = await seenOn({})
    expect(of('folder')).toEqual({ ok: true, seen: 'yours' })
    chmodSync(directory, 0o777)
    const scope = { provider: 'docker', lab: undefined, directory } as const
    const diagnoses = await examine(computer({}).host, scope)
    expect(diagnoses.find(({ rule }) => rule.id === 'folder')?.sighting).toMatchObject({
      ok: true,
      warning: expect.stringContaining('chmod o-w'),
    })
  })

  test('a clock that was set', async () => {
    expect((await seenOn({ nowMs: 0 })).of('clock')).toMatchObject({ ok: false, seen: '1970-01-01' })
  })
})

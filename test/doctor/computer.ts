import { createHost, type Host } from '../../src/doctor/host.ts'
import type { Platform } from '../../src/doctor/platform.ts'
import { CommandError } from '../../src/errors.ts'
import { parseSubnet } from '../../src/resolve/addresses.ts'
import type { Command, Output, Runner } from '../../src/tools/runner.ts'
import type { StoredBox } from '../../src/tools/vagrant/boxes.ts'

export const DEBIAN: Platform = {
  system: 'linux',
  title: 'Debian GNU/Linux 12 (bookworm)',
  architecture: 'amd64',
  manager: 'apt',
  init: 'systemd',
  isRoot: false,
  user: 'student',
}

/** What a command prints here: an output, or text of stdout. */
type Answer = string | Partial<Output>

/** A runner that knows these command lines; every other program is not installed. */
export function scriptedRunner(answers: Readonly<Record<string, Answer>>): {
  run: Runner
  commands: Command[]
} {
  const commands: Command[] = []
  const run: Runner = async (command) => {
    commands.push(command)
    const line = [command.file, ...command.args].join(' ')
    const answer = answers[line]
    if (answer === undefined) {
      throw new CommandError(`${command.file} is not installed, or not on PATH`, { command: line })
    }
    const output = typeof answer === 'string' ? { stdout: answer } : answer
    return { exitCode: 0, stdout: '', stderr: '', durationMs: 1, ...output }
  }
  return { run, commands }
}

/** A computer on which only these programs and files are. */
export function computer(
  answers: Readonly<Record<string, Answer>>,
  seen: {
    platform?: Partial<Platform>
    files?: readonly string[]
    texts?: Readonly<Record<string, string>>
    registry?: boolean
    nodeVersion?: string
    networks?: Record<string, string>
    freeMemoryMb?: number
    freeDiskMb?: number
    takenPorts?: readonly number[]
    nowMs?: number
    boxes?: readonly StoredBox[]
  } = {},
): { host: Host; commands: Command[] } {
  const { run, commands } = scriptedRunner(answers)
  const host = createHost(run, {
    platform: { ...DEBIAN, ...seen.platform },
    nodeVersion: seen.nodeVersion ?? '22.23.3',
    exists: (path) => seen.files?.includes(path) ?? false,
    read: (path) => seen.texts?.[path],
    reachesRegistry: async () => seen.registry ?? false,
    networks: async () =>
      Object.entries(seen.networks ?? {}).map(([name, cidr]) => {
        return { name, subnet: parseSubnet(cidr), address: cidr.split('/')[0] }
      }),
    freeMemoryMb: () => seen.freeMemoryMb ?? 16_000,
    isFreePort: async (port) => !seen.takenPorts?.includes(port),
    freeDiskMb: () => seen.freeDiskMb ?? 100_000,
    boxes: () => seen.boxes ?? [],
    nowMs: () => seen.nowMs ?? Date.UTC(2026, 10, 25),
  })
  return { host, commands }
}

/** As recorded from the programs themselves. */
export const SAID = {
  vagrant: 'Vagrant 2.3.4\n',
  ansible: `ansible-playbook [core 2.14.18]
  config file = None
  python version = 3.11.2 (main, Apr 28 2025, 14:11:48) [GCC 12.2.0] (/usr/bin/python3)
`,
  ssh: { stderr: 'OpenSSH_9.2p1 Debian-2+deb12u10, OpenSSL 3.0.19 27 Jan 2026\n' },
  docker: 'Docker version 28.2.2, build e6534b4\n',
  dockerInfo: '20.10.24+dfsg1 1\n',
  dockerDown: {
    exitCode: 1,
    stdout: '\n',
    stderr:
      'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?\n',
  },
  dockerDenied: {
    exitCode: 1,
    stderr:
      'Got permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock\n',
  },
  virtualboxWithoutDriver: `WARNING: The vboxdrv kernel module is not loaded. Either there is no module
         available for the current kernel (5.4.0-42-generic) or it failed to
         load. Please recompile the kernel module and install it by

           sudo /sbin/vboxconfig

         You will not be able to start VMs until this problem is fixed.
7.0.20r163906
`,
} as const

export const BASICS = {
  'vagrant --version': SAID.vagrant,
  'ansible-playbook --version': SAID.ansible,
  'ssh -V': SAID.ssh,
}

export const DOCKER_INFO = 'docker info --format {{.ServerVersion}} {{.CgroupVersion}}'

export const DOCKER = { 'docker --version': SAID.docker, [DOCKER_INFO]: SAID.dockerInfo }
export const DOCKER_DOWN = { ...DOCKER, [DOCKER_INFO]: SAID.dockerDown }
export const DOCKER_DENIED = { ...DOCKER, [DOCKER_INFO]: SAID.dockerDenied }

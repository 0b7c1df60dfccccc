import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { LAB_FILES } from '../src/lab-files.ts'
import { writeSshConfig } from '../src/tools/ssh/ssh-config.ts'
import type { Figures } from './figures.ts'
import { type BenchConfig, type BenchLab, must, seconds, withFolder } from './lab.ts'

const SSH_CONFIG = LAB_FILES.sshConfig.path
const RAW_SCRIPT = resolve('bench/raw.sh')

/** pg-lab of a build, as `node` runs it. */
export interface Build {
  readonly cli: string
}

/** Its labs are alike but for what is measured. */
function configOf(name: string, network: number, more: object = {}): BenchConfig {
  const subnet = `10.97.${network}.0/24`
  return { name: `bench-${name}`, provider: 'docker', os: 'debian-12', network: { subnet }, ...more }
}

const BENCH_NODES = ['master', 'slave', 'backup'] as const

/** Where a build of the labs' files has the script that makes the images. */
const IMAGE_SCRIPTS = ['provisioning/support/node-image/build.sh', 'provisioning/node-image/build.sh']

function makeImages({ directory }: BenchLab, ...options: readonly string[]): void {
  const script = IMAGE_SCRIPTS.find((path) => existsSync(join(directory, path)))
  if (script === undefined) throw new Error(`None of ${IMAGE_SCRIPTS.join(', ')} was generated`)
  must('sh', [script, ...options], { cwd: directory })
}

/** From here on the lab's machines start without PostgreSQL and Barman. */
function leaveOutPackages({ directory }: BenchLab): void {
  const file = ['provisioning/support/node-image.env', 'provisioning/node-image.env']
    .map((path) => join(directory, path))
    .find((path) => existsSync(path))
  if (file === undefined) return
  writeFileSync(file, readFileSync(file, 'utf8').replace(/^PACKAGES=.*$/m, "PACKAGES=''"))
}

function startMachines(lab: BenchLab): void {
  makeImages(lab)
  must('vagrant', ['up', '--no-provision', '--provider=docker'], { cwd: lab.directory })
  writeSshConfig(lab.directory, must('vagrant', ['ssh-config'], { cwd: lab.directory }), [])
}

/** Bare machines that have fetched their packages, but not installed them: no network is measured. */
function startBare(lab: BenchLab): void {
  lab.pgLab('generate')
  leaveOutPackages(lab)
  startMachines(lab)
  const fetch =
    'sudo apt-get -qq update && sudo apt-get -qq install -y --no-install-recommends --download-only acl postgresql-15 barman cron'
  for (const node of BENCH_NODES) must('ssh', ['-F', SSH_CONFIG, node, fetch], { cwd: lab.directory })
}

function playbook({ directory }: BenchLab): string {
  return must('ansible-playbook', ['provisioning/site.yml'], { cwd: directory })
}

/** The first run on machines that have the packages, in seconds. */
function coldPlaybook(lab: BenchLab): number {
  lab.pgLab('generate')
  startMachines(lab)
  return seconds(() => playbook(lab))
}

/** Of Ansible's recap. @throws Error where a second run changed anything */
function mustNotChange(said: string): void {
  const changed = [...said.matchAll(/changed=(\d+)/g)].filter(([, count]) => count !== '0')
  if (changed.length > 0) throw new Error(`The second run changed something: ${said}`)
}

/** Memory of the lab's machines, in megabytes, as Docker counts it: without the files it could drop. */
function memoryMb(name: string): number {
  const format = '{{.Name}} {{.MemUsage}}'
  const said = must('docker', ['stats', '--no-stream', '--format', format], { cwd: '.' })
  const units: Readonly<Record<string, number>> = { B: 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 }
  const bytes = said
    .split('\n')
    .filter((line) => line.startsWith(`${name}-`))
    .map((line) => {
      const [, amount = '', unit = ''] = / ([\d.]+)(\w+) \//.exec(line) ?? []
      return Number(amount) * (units[unit] ?? Number.NaN)
    })
  return bytes.reduce((sum, each) => sum + each, 0) / 1e6
}

/** By the name that `--only` has for it. Each leaves nothing behind, also when it fails. */
export const MEASURES: Readonly<Record<string, (build: Build) => Figures>> = {
  raw: ({ cli }) =>
    withFolder(
      configOf('raw', 50),
      (lab) => {
        startBare(lab)
        const addresses = ['150', '151', '152'].map((host) => `10.97.50.${host}`)
        const run = () => must('sh', [RAW_SCRIPT, SSH_CONFIG, ...addresses], { cwd: lab.directory })
        return { 'shell script, s': seconds(run), 'its three hosts, MB': memoryMb('bench-raw') }
      },
      cli,
    ),

  bare: ({ cli }) =>
    withFolder(
      configOf('bare', 51),
      (lab) => {
        startBare(lab)
        return { 'playbook, bare machines, s': seconds(() => playbook(lab)) }
      },
      cli,
    ),

  warm: ({ cli }) =>
    withFolder(
      configOf('warm', 52),
      (lab) => ({
        'playbook, warm machines, s': coldPlaybook(lab),
        'playbook, second run, s': seconds(() => mustNotChange(playbook(lab))),
      }),
      cli,
    ),

  up: ({ cli }) =>
    withFolder(
      configOf('up', 53),
      (lab) => {
        lab.pgLab('generate')
        const images = seconds(() => makeImages(lab, '--fresh'))
        return {
          '`up` from nothing, images included, s': images + seconds(() => lab.pgLab('up')),
          '`up` at its peak, MB': lab.peakBytes() / 1e6,
          'second `up`, s': seconds(() => mustNotChange(lab.pgLab('up'))),
          'the idle lab’s three hosts, MB': memoryMb('bench-up'),
          '`destroy`, s': seconds(() => lab.pgLab('destroy', '--yes')),
          '`up` after `destroy`, s': seconds(() => lab.pgLab('up')),
        }
      },
      cli,
    ),

  guest: ({ cli }) =>
    withFolder(
      configOf('guest', 54, { runner: 'guest' }),
      (lab) => {
        lab.pgLab('up')
        lab.pgLab('destroy', '--yes')
        return { '`up` after `destroy`, Ansible on a machine, s': seconds(() => lab.pgLab('up')) }
      },
      cli,
    ),

  standbys: ({ cli }) => {
    const withStandbys = (count: number) => {
      const slaves = Array.from({ length: count }, () => ({}))
      return withFolder(configOf(`standbys-${count}`, 55, { slaves }), coldPlaybook, cli)
    }
    return { 'playbook, one standby, s': withStandbys(1), 'playbook, eight standbys, s': withStandbys(8) }
  },

  help: ({ cli }) => {
    const time = (...args: string[]) =>
      1000 * seconds(() => spawnSync(process.execPath, args, { stdio: 'ignore' }))
    time(cli, '--help') // the first one reads the disk
    return { '`--help`, ms': time(cli, '--help'), 'an empty Node.js, ms': time('-e', '') }
  },
}

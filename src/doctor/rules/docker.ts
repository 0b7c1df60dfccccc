import { join } from 'node:path'
import { type Lab, nodesOf } from '../../lab.ts'
import { packageRoot } from '../../package-root.ts'
import { addressText, parseSubnet } from '../../resolve/addresses.ts'
import { machinesIn } from '../../tools/vagrant/machine-records.ts'
import type { Host } from '../host.ts'
import { asRoot, howToInstall } from '../packages.ts'
import type { Platform } from '../platform.ts'
import { outsideOfRun } from '../range.ts'
import type { Fix, Rule, Sighting } from '../rule.ts'
import { versionIn } from '../version.ts'
import { seenWith } from './common.ts'

const INFO = ['info', '--format', '{{.ServerVersion}} {{.CgroupVersion}}'] as const

/** @returns `20.10.24 1`: version of the daemon, version of cgroups; or what docker complains of */
async function daemon(host: Host): Promise<{ version: string; cgroup: string } | { complaint: string }> {
  const output = await host.ask('docker', INFO)
  const [version, cgroup] = output?.stdout.trim().split(' ') ?? []
  if (output?.exitCode === 0 && version && cgroup) return { version, cgroup }
  return { complaint: output?.stderr ?? '' }
}

/** @returns whether its daemon answers */
export async function isDockerRunning(host: Host): Promise<boolean> {
  return 'version' in (await daemon(host))
}

function howToStart(platform: Platform): string {
  if (platform.system !== 'linux') return 'start Docker Desktop'
  if (platform.init === 'systemd') return asRoot(['systemctl', 'start', 'docker'], platform)
  if (platform.init === 'sysvinit') return asRoot(['service', 'docker', 'start'], platform)
  return asRoot(['dockerd'], platform)
}

const DAEMON_PLACES = ['/usr/bin/dockerd', '/usr/sbin/dockerd', '/usr/local/bin/dockerd']

function notRunning(host: Host): Sighting {
  const { platform } = host
  const isInstalled = platform.system !== 'linux' || DAEMON_PLACES.some((path) => host.exists(path))
  if (!isInstalled) {
    return {
      ok: false,
      seen: 'not found',
      cause: 'there is no dockerd on this computer',
      remedy: howToInstall('docker', platform),
      fix: { install: ['docker'] },
    }
  }
  const fix = platform.system === 'linux' ? ({ fix: { start: 'docker' } } as const) : {}
  return {
    ok: false,
    seen: 'not running',
    cause: 'nothing answers on its socket',
    remedy: howToStart(platform),
    ...fix,
  }
}

/** A client and a daemon that are years apart: either may be the older one, and its own sentence says which. */
function speaksAnotherApi(complaint: string): Sighting {
  const [, sentence = 'client and daemon speak different versions of the API'] =
    /(client version .*)/.exec(complaint) ?? []
  return {
    ok: false,
    seen: 'another API',
    cause: sentence.trim(),
    remedy: 'install a docker client of the age of the daemon, and unset DOCKER_API_VERSION',
  }
}

/** The daemon answers this user. */
export const dockerDaemon: Rule = {
  id: 'docker-daemon',
  title: 'Docker daemon',
  provider: 'docker',
  applies: ({ provider }) => provider === 'docker',
  async look(host) {
    const state = await daemon(host)
    if ('version' in state) {
      const outside = outsideOfRun('docker', versionIn(state.version) ?? state.version)
      return seenWith(`${state.version}, cgroup v${state.cgroup}`, outside)
    }
    if (/API version/.test(state.complaint)) return speaksAnotherApi(state.complaint)
    if (!/permission denied/i.test(state.complaint)) return notRunning(host)
    return {
      ok: false,
      seen: 'no permission',
      cause: `${host.platform.user} may not use the daemon's socket (whoever may is as good as root)`,
      remedy: `sudo usermod -aG docker ${host.platform.user}, then log in again`,
    }
  },
}

const IN_CONTAINER = ['/.dockerenv', '/run/.containerenv']
const BRIDGE = [
  'network',
  'inspect',
  '--format',
  '{{with index .IPAM.Config 0}}{{.Gateway}} {{.Subnet}}{{end}}',
  'bridge',
]

/** The daemon's own address on its bridge: engines tell it only where somebody has chosen it; else it is the first. */
async function addressOfDaemon(host: Host): Promise<string | undefined> {
  const [gateway, subnet] = (await host.ask('docker', BRIDGE))?.stdout.trimEnd().split(' ') ?? []
  if (gateway || !subnet) return gateway || undefined
  return addressText(parseSubnet(subnet).base + 1)
}

/** Node does not tell of what is down, as the bridge is until a container is on it; `ip` does. */
async function hasAddress(host: Host, sought: string): Promise<boolean> {
  const { stdout } = (await host.ask('ip', ['-o', '-4', 'address'])) ?? { stdout: '' }
  return stdout.includes(` ${sought}/`) || (await host.networks()).some(({ address }) => address === sought)
}

/** A dev container or a CI job may have the daemon's socket, and a network of its own nevertheless. */
export const dockerReach: Rule = {
  id: 'docker-reach',
  title: 'Way to the machines',
  applies: ({ provider }, host) => provider === 'docker' && IN_CONTAINER.some((path) => host.exists(path)),
  async look(host) {
    const gateway = await addressOfDaemon(host)
    if (!gateway || (await hasAddress(host, gateway)))
      return { ok: true, seen: gateway ? "the daemon's own network" : 'not known' }
    return {
      ok: false,
      seen: 'none',
      cause:
        "this container has a network of its own, and the machines' ssh is at 127.0.0.1 of the daemon's computer",
      remedy: 'start the container with --network host',
    }
  },
}

/** Where docker asks for an image: Docker Hub, or the registry of `mirrors.docker`. */
function registryOf({ mirrors }: Lab): string {
  const [registry = ''] = (mirrors.docker ?? '').split('/')
  return `https://${registry || 'registry-1.docker.io'}/v2/`
}

/**
 * Whether mmdebstrap could make the image here, as node-image/build.sh would: that script's own helper tries it.
 * @returns why not; `undefined` where it could
 */
async function whyNotMade(host: Host, { os }: Lab): Promise<{ cause: string; code: number } | undefined> {
  const script = join(packageRoot(), 'provisioning', 'support', 'node-image', 'base-mode.sh')
  const answer = await host.ask('sh', [script, os.name, os.release])
  if (answer === undefined) return { cause: 'it cannot be made on this system', code: 3 }
  if (answer.exitCode === 0) return undefined
  return { cause: answer.stderr.trim(), code: answer.exitCode }
}

/** By what the helper returns: something is to be installed, root could make it, or neither. */
function howToMake(code: number, host: Host): { remedy: string; fix?: Fix } {
  if (code === 1) {
    return { remedy: howToInstall('mmdebstrap', host.platform), fix: { install: ['mmdebstrap'] } }
  }
  const mirror = "name a registry that answers: mirrors.docker in the lab's config"
  if (code !== 2) return { remedy: mirror }
  return {
    remedy: `npx create-pg-lab generate && sudo sh provisioning/support/node-image/build.sh, or ${mirror}`,
  }
}

/** The image that the machines start from is here, can be pulled, or can be made from the distribution's packages. */
export const baseImage: Rule = {
  id: 'base-image',
  title: 'Docker base image',
  provider: 'docker',
  applies: ({ provider, lab }) => provider === 'docker' && lab?.os.dockerImage !== undefined,
  async look(host, { lab }) {
    if (!lab?.os.dockerImage) return { ok: true, seen: 'none needed' }
    const image = `${lab.mirrors.docker ?? ''}${lab.os.dockerImage}`
    const made = `pg-lab/base:${lab.os.name}` // the name under which node-image/build.sh keeps what it made
    const local = await host.ask('docker', ['image', 'inspect', '--format', '{{.Id}}', image, made])
    if (local?.stdout.trim()) return { ok: true, seen: `${image} is here` }
    const notMade = await whyNotMade(host, lab)
    if (!notMade) return { ok: true, seen: `${image} can be made here` }
    const registry = registryOf(lab)
    if (await host.reachesRegistry(registry)) return { ok: true, seen: `${image} can be pulled` }
    return {
      ok: false,
      seen: `no ${image}`,
      cause: `${new URL(registry).host} cannot be reached, and ${notMade.cause}`,
      ...howToMake(notMade.code, host),
    }
  },
}

/** The Vagrantfile labels each container with the folder of its lab. */
const CONTAINER_FORMAT = '{{.Id}} {{.Name}} {{index .Config.Labels "pg-lab.folder"}}'

/** Docker gives a name once. A lab's folder deleted without `destroy` leaves its containers, and their names, behind. */
export const containerNames: Rule = {
  id: 'container-names',
  title: 'Container names',
  applies: ({ provider, lab }) => provider === 'docker' && lab !== undefined,
  async look(host, { lab, directory }) {
    const names = lab ? nodesOf(lab).map(({ name }) => `${lab.name}-${name}`) : []
    const args = ['container', 'inspect', '--format', CONTAINER_FORMAT, ...names]
    const lines = (await host.ask('docker', args))?.stdout.split('\n').filter(Boolean) ?? []
    const own = directory === undefined ? [] : machinesIn(directory).map(({ id }) => id)
    const foreign = lines.map(containerOf).filter(({ id }) => !own.includes(id))
    if (foreign.length === 0) return { ok: true, seen: 'free, or its own' }
    return {
      ok: false,
      seen: `${foreign.map(({ name }) => name).join(', ')} taken`,
      ...ownersOf(foreign, host),
    }
  },
}

interface Container {
  readonly id: string
  readonly name: string
  /** Empty where no lab made it. */
  readonly folder: string
}

function ownersOf(containers: readonly Container[], host: Host): { cause: string; remedy: string } {
  const [folder = ''] = containers.map((container) => container.folder)
  const rename = 'give this lab another name in cluster.config.ts'
  if (folder && host.exists(folder)) {
    return { cause: `the lab in ${folder} has them`, remedy: `npx create-pg-lab destroy there, or ${rename}` }
  }
  const remove = `docker rm --force --volumes ${containers.map(({ name }) => name).join(' ')}`
  if (folder) return { cause: `the lab in ${folder} had them, and that folder is gone`, remedy: remove }
  return { cause: 'no lab made them', remedy: `${rename}, or, if nobody needs them, ${remove}` }
}

function containerOf(line: string): Container {
  const [, id = '', name = '', folder = ''] = /^(\S+) \/?(\S+) (.*)$/.exec(line) ?? []
  return { id, name, folder }
}

import { accessSync, constants, realpathSync, statSync } from 'node:fs'
import { dockerNetwork } from '../../catalog/providers/docker.ts'
import { type Lab, nodesOf } from '../../lab.ts'
import { freeSubnet, overlap, parseSubnet, subnetText } from '../../resolve/addresses.ts'
import { machinesIn } from '../../tools/vagrant/machine-records.ts'
import type { Host, HostNetwork } from '../host.ts'
import type { Rule, Scope } from '../rule.ts'

/** Nobody wrote this before: a clock that says less was never set, and every signature it looks at is of the future. */
const WRITTEN = Date.UTC(2026, 0, 1)

/** System, packages, the demo database, the backups and some WAL of one machine. */
const DISK_MB_PER_MACHINE = 1_500

/** Servers that were there before the lab take nothing of this computer, and their network is one it should reach. */
function makesMachines({ lab, provider }: Scope): boolean {
  return lab !== undefined && provider !== 'ssh'
}

/** The machines that are still to be made. */
function machinesToMake({ lab, directory }: Scope) {
  const made = directory === undefined ? [] : machinesIn(directory).map(({ name }) => name)
  return lab ? nodesOf(lab).filter(({ name }) => !made.includes(name)) : []
}

/** On the lab's own bridge this computer has the network's first address; in a router's network it has another one. */
function isForeign({ subnet, address }: HostNetwork, lab: Lab): boolean {
  const own = parseSubnet(lab.network.subnet)
  const isSame = subnetText(subnet) === subnetText(own)
  return overlap(subnet, own) && !(isSame && (address === undefined || address === lab.network.gateway))
}

/** The folder of another lab whose containers are in the network of this one; containers tell whose they are. */
async function otherLab(host: Host, { network }: Lab, directory = '.'): Promise<string | undefined> {
  const format = '{{.Label "pg-lab.folder"}}'
  const filter = `network=${dockerNetwork(network.subnet)}`
  const folders = (await host.ask('docker', ['ps', '--all', '--filter', filter, '--format', format]))?.stdout
  const here = realpathSync(directory)
  // One that is gone may be this one under its old name.
  return folders?.split('\n').find((folder) => folder !== '' && folder !== here && host.exists(folder))
}

/** A route of half the world, as a VPN sets it, stands back behind every other. */
const NARROWEST_CATCH_ALL = 7

/** Machines at addresses that this computer already reaches elsewhere could not be reached. */
export const subnet: Rule = {
  id: 'subnet',
  title: "The lab's network",
  applies: makesMachines,
  async look(host, { lab, provider, directory }) {
    if (!lab) return { ok: true, seen: 'none' }
    const networks = await host.networks()
    const others = networks.filter((network) => isForeign(network, lab))
    const taken = [parseSubnet(lab.network.subnet), ...networks.map((network) => network.subnet)]
    const remedy = `set network.subnet in the config to another network, e.g. ${freeSubnet(taken)}, and the addresses that are named there`
    const owner = provider === 'docker' && (await otherLab(host, lab, directory))
    if (owner) {
      return {
        ok: false,
        seen: `${lab.network.subnet} is in use`,
        cause: `the lab in ${owner} has it`,
        remedy,
      }
    }
    const inside = others.find(({ subnet }) => subnet.prefixLength >= lab.network.prefixLength)
    const around = others.find(({ subnet }) => subnet.prefixLength > NARROWEST_CATCH_ALL)
    if (inside) {
      return {
        ok: false,
        seen: `${lab.network.subnet} is in use`,
        cause: `${inside.name} of this computer is in ${subnetText(inside.subnet)}`,
        remedy,
      }
    }
    if (!around) return { ok: true, seen: `${lab.network.subnet} is free` }
    // The narrower network wins: the lab works, and hides what else has its addresses.
    const warning = `It is a part of ${subnetText(around.subnet)}, which ${around.name} reaches: hosts at the lab's addresses there are hidden meanwhile.`
    return { ok: true, seen: lab.network.subnet, warning }
  },
}

/** A container takes what it uses; a virtual machine takes all it is given. */
export const memory: Rule = {
  id: 'memory',
  title: 'Memory',
  applies: (scope) => makesMachines(scope) && scope.provider !== 'docker',
  async look(host, scope) {
    const needMb = machinesToMake(scope).reduce((sum, { memoryMb }) => sum + memoryMb, 0)
    const freeMb = host.freeMemoryMb()
    const seen = `${freeMb} MB free`
    if (needMb <= freeMb) return { ok: true, seen }
    return {
      ok: true,
      seen,
      warning: `The machines get ${needMb} MB: close other programs, or lower memory in cluster.config.ts.`,
    }
  },
}

export const disk: Rule = {
  id: 'disk',
  title: 'Disk space',
  applies: (scope) => makesMachines(scope) && scope.directory !== undefined,
  async look(host, scope) {
    const needMb = machinesToMake(scope).length * DISK_MB_PER_MACHINE
    const freeMb = host.freeDiskMb(placeOfMachines(host, scope))
    if (freeMb === undefined || needMb <= freeMb) {
      return { ok: true, seen: freeMb === undefined ? 'unknown' : `${freeMb} MB free` }
    }
    return {
      ok: false,
      seen: `${freeMb} MB free`,
      cause: `the machines that are still to be made take about ${needMb} MB`,
      remedy: 'free some space; npx create-pg-lab prune deletes images that no lab needs',
    }
  },
}

/** Vagrant's `config.vm.usable_port_range`: one of them leads to the ssh of each machine. Each container has one. */
function sshPorts({ provider, lab }: Scope): { first: number; last: number } {
  const ranges = provider === 'docker' && lab ? nodesOf(lab).length : 1
  return { first: 2200, last: 2200 + 50 * ranges }
}

/** libvirt alone needs none: Vagrant reaches its machines through a network of their own. */
export const ports: Rule = {
  id: 'ports',
  title: 'Ports for ssh',
  applies: (scope) => makesMachines(scope) && scope.provider !== 'libvirt',
  async look(host, scope) {
    const need = machinesToMake(scope).length
    const { first, last } = sshPorts(scope)
    const range = Array.from({ length: last - first + 1 }, (_, index) => first + index)
    const isFree = need === 0 ? [] : await Promise.all(range.map((port) => host.isFreePort(port)))
    const free = isFree.filter(Boolean).length
    if (need <= free) return { ok: true, seen: need === 0 ? 'none needed' : `${free} free` }
    return {
      ok: false,
      seen: `${free} free`,
      cause: `Vagrant leads one of ${first} to ${last} to each machine that is still to be made, and there are ${need}`,
      remedy: 'halt other labs, or end what listens there (ss -lnt shows it)',
    }
  },
}

const DOCKER_PLACE = '/var/lib/docker'

/** Where the machines' disks lie: the daemon's folder, or near enough the lab's own. */
function placeOfMachines(host: Host, { provider, directory = '.' }: Scope): string {
  return provider === 'docker' && host.exists(DOCKER_PLACE) ? DOCKER_PLACE : directory
}

export const folder: Rule = {
  id: 'folder',
  title: "The lab's folder",
  applies: ({ directory }, { platform }) => directory !== undefined && platform.system !== 'win32',
  async look(_host, { directory = '.' }) {
    try {
      accessSync(directory, constants.W_OK)
    } catch {
      return {
        ok: false,
        seen: 'not writable',
        cause: `you may not write to ${directory}`,
        remedy: 'take it over with chown, or make the lab in a folder of yours',
      }
    }
    const isOpen = (statSync(directory).mode & 0o002) !== 0
    if (!isOpen) return { ok: true, seen: 'yours' }
    // No problem: under WSL every folder of Windows is so, and cannot be otherwise.
    return {
      ok: true,
      seen: 'writable for everybody',
      warning: 'Whoever can log in here can change what you run. chmod o-w the folder.',
    }
  },
}

export const clock: Rule = {
  id: 'clock',
  title: 'Clock',
  applies: () => true,
  async look({ nowMs }) {
    const today = new Date(nowMs()).toISOString().slice(0, 10)
    if (nowMs() >= WRITTEN) return { ok: true, seen: today }
    return {
      ok: false,
      seen: today,
      cause: 'every package and web page then seems to be signed in the future',
      remedy: 'set the clock of this computer',
    }
  },
}

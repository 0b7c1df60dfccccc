import { docker, dockerNetwork } from '../../catalog/providers/docker.ts'
import type { MachineSize } from '../../lab.ts'
import type { Runner } from '../runner.ts'
import { machinesIn } from '../vagrant/machine-records.ts'

/** Containers of the docker provider. What they were given when they were made, Vagrant never changes again. */
export interface Containers {
  /** @returns the size of each that is there; from inside a container looks as large as the computer */
  sizes(names: readonly string[]): Promise<ReadonlyMap<string, MachineSize>>
  /** Takes effect at once, and stays. */
  resize(name: string, size: MachineSize): Promise<void>
  /** Ends it at once, as a power cut does. */
  kill(name: string): Promise<void>
  /** Takes it off the network of this subnet, as if its cable were cut; ssh comes by another. It may be off already. */
  disconnect(name: string, subnet: string): Promise<void>
  /** Takes it back, with the address it had. It may be on already. */
  connect(name: string, subnet: string, address: string): Promise<void>
}

const NETWORKS_FORMAT = '{{range $name, $_ := .NetworkSettings.Networks}}{{println $name}}{{end}}'

const SUBNETS_FORMAT = '{{.Name}}{{range .IPAM.Config}} {{.Subnet}}{{end}}'

const FORMAT = '{{.Id}} {{.HostConfig.Memory}} {{.HostConfig.NanoCpus}}'

/** @param directory the lab's folder @param logFile gets the raw output */
export function createContainers({
  directory,
  run,
  logFile,
}: {
  readonly directory: string
  readonly run: Runner
  readonly logFile?: string
}): Containers {
  const log = logFile === undefined ? {} : { logFile }
  const isOn = async (name: string, network: string): Promise<boolean> => {
    const args = ['inspect', '--type', 'container', '--format', NETWORKS_FORMAT, idOf(name)]
    return (await run({ file: 'docker', args, ...log })).stdout.split('\n').includes(network)
  }
  /** The name of the one that is there: labs made by older versions have another than today's. */
  const networkOf = async (subnet: string): Promise<string> => {
    const { stdout } = await run({ file: 'docker', args: ['network', 'ls', '--quiet'], ...log })
    const args = ['network', 'inspect', '--format', SUBNETS_FORMAT, ...stdout.split('\n').filter(Boolean)]
    const networks = await run({ file: 'docker', args, ...log, expectExit: 'any' }) // one may be gone meanwhile
    const words = networks.stdout.split('\n').map((line) => line.split(' '))
    return words.find(([, ...subnets]) => subnets.includes(subnet))?.[0] ?? dockerNetwork(subnet)
  }
  const idOf = (name: string): string =>
    machinesIn(directory).find((machine) => machine.name === name && machine.provider === docker.name)?.id ??
    ''
  return {
    async sizes(names) {
      const ids = names.map(idOf).filter(Boolean)
      if (ids.length === 0) return new Map()
      const args = ['inspect', '--type', 'container', '--format', FORMAT, ...ids]
      // One that is gone is named on standard error; the others are listed nevertheless.
      const { stdout } = await run({ file: 'docker', args, ...log, expectExit: 'any' })
      const sizes = new Map(stdout.split('\n').filter(Boolean).map(sizeOf))
      return new Map(names.flatMap((name) => pairOf(name, sizes.get(idOf(name)))))
    },
    async resize(name, { memoryMb, cpus }) {
      // Docker gives a container as much swap as memory; it must never be less than the memory.
      const sizes = ['--memory', `${memoryMb}m`, '--memory-swap', `${2 * memoryMb}m`, '--cpus', String(cpus)]
      await run({ file: 'docker', args: ['update', ...sizes, idOf(name)], ...log })
    },
    async kill(name) {
      await run({ file: 'docker', args: ['kill', idOf(name)], ...log })
    },
    async disconnect(name, subnet) {
      const network = await networkOf(subnet)
      if (!(await isOn(name, network))) return
      await run({ file: 'docker', args: ['network', 'disconnect', network, idOf(name)], ...log })
    },
    async connect(name, subnet, address) {
      const network = await networkOf(subnet)
      if (await isOn(name, network)) return
      const args = ['network', 'connect', '--ip', address, network, idOf(name)]
      await run({ file: 'docker', args, ...log })
    },
  }
}

function sizeOf(line: string): readonly [id: string, size: MachineSize] {
  const [id = '', bytes, nanoCpus] = line.split(' ')
  return [id, { memoryMb: Number(bytes) / 2 ** 20, cpus: Number(nanoCpus) / 1e9 }]
}

function pairOf(name: string, size: MachineSize | undefined): readonly (readonly [string, MachineSize])[] {
  return size ? [[name, size]] : []
}

import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { docker as dockerProvider } from '../../catalog/providers/docker.ts'
import { scripted } from '../../scripts/index.ts'
import type { Runner } from '../runner.ts'
import { machineFolder } from '../vagrant/machine-records.ts'

/** Enough of a container to make another one like it. */
export interface ContainerShape {
  /** Arguments of `docker create`, before the image. */
  readonly options: readonly string[]
  /** What it is joined to beside Docker's own network, each with its address there. */
  readonly networks: readonly { readonly name: string; readonly address: string }[]
  /** Lines of its /etc/hosts; Docker writes that file, so no image has it. */
  readonly hosts: readonly string[]
}

/** What `docker inspect` says of a container, as far as the Vagrantfile decides it. */
interface Inspected {
  readonly Name: string
  readonly Config: { readonly Hostname: string }
  readonly HostConfig: {
    readonly Binds: readonly string[] | null
    readonly CapAdd: readonly string[] | null
    readonly CapDrop: readonly string[] | null
    readonly ExtraHosts: readonly string[] | null
    readonly Memory: number
    readonly MemorySwap: number
    readonly NanoCpus: number
    readonly PortBindings: Readonly<
      Record<string, readonly { readonly HostIp: string; readonly HostPort: string }[] | null>
    > | null
    readonly Privileged: boolean
    readonly SecurityOpt: readonly string[] | null
    readonly ShmSize: number
    readonly Tmpfs: Readonly<Record<string, string>> | null
  }
  readonly NetworkSettings: {
    readonly Networks: Readonly<
      Record<string, { readonly IPAMConfig: { readonly IPv4Address?: string } | null }>
    >
  }
}

/** Containers that are kept as images, and made again from them. */
export interface ContainerSnapshots {
  /** How it was made. */
  shapeOf(id: string): Promise<ContainerShape>
  /** All its processes stand still, and so does what it writes. */
  freeze(id: string): Promise<void>
  thaw(id: string): Promise<void>
  /** The same of several, while we are ending; one that does not stand still is left as it is. */
  thawAtOnce(ids: readonly string[]): void
  /** Keeps what is on its disk. It should be frozen. */
  commit(id: string, image: string): Promise<void>
  /** @returns bytes that the image has beyond what it was made from */
  sizeOf(image: string): Promise<number>
  /** @returns whether the image is there */
  has(image: string): Promise<boolean>
  /** Of these names, in this lab's folder, whoever Vagrant thinks they are. */
  removeContainers(names: readonly string[]): Promise<void>
  /**
   * Makes a container and starts it, and lets Vagrant know it as this machine: Vagrant goes by the container's number alone.
   * @param machine the lab's name of it
   */
  recreate(machine: string, shape: ContainerShape, image: string): Promise<void>
  removeImages(images: readonly string[]): Promise<void>
  /** Those that lost their name while a container made from them was there, and that no container needs any more. */
  removeUnnamedImages(): Promise<void>
}

const THAW_MS = 10_000

/** @param directory the lab's folder @param logFile gets the raw output */
export function createContainerSnapshots({
  directory,
  run,
  logFile,
}: {
  readonly directory: string
  readonly run: Runner
  readonly logFile: string
}): ContainerSnapshots {
  const docker = async (args: readonly string[], stdin?: string) => {
    const { stdout } = await run({ file: 'docker', args, logFile, ...(stdin === undefined ? {} : { stdin }) })
    return stdout
  }
  return {
    async shapeOf(id) {
      const [told] = JSON.parse(await docker(['inspect', '--type', 'container', id])) as readonly Inspected[]
      if (!told) throw new Error(`Docker tells nothing of ${id}`)
      const hosts = await docker(['exec', id, ...scripted('hosts-file.sh', ['read'])])
      return shapeFrom(told, hosts.split('\n'))
    },
    freeze: async (id) => void (await docker(['pause', id])),
    thaw: async (id) => void (await docker(['unpause', id])),
    thawAtOnce(ids) {
      for (const id of ids)
        spawnSync(dockerProvider.name, ['unpause', id], { stdio: 'ignore', timeout: THAW_MS })
    },
    commit: async (id, image) => void (await docker(['commit', '--pause=false', id, image])),
    async sizeOf(image) {
      const [newest = '0'] = (
        await docker(['history', '--human=false', '--format', '{{.Size}}', image])
      ).split('\n')
      return Number(newest)
    },
    async has(image) {
      return (await docker(['image', 'ls', '--quiet', image])).trim() !== ''
    },
    async removeContainers(names) {
      const args = ['ps', '--all', '--no-trunc', '--filter', `label=pg-lab.folder=${directory}`]
      const listed = (await docker([...args, '--format', '{{.ID}} {{.Names}}'])).split('\n')
      const ids = listed.map((line) => line.split(' ')).filter(([, name = '']) => names.includes(name))
      if (ids.length === 0) return
      await docker(['rm', '--force', '--volumes', ...ids.map(([id = '']) => id)])
    },
    async recreate(machine, { options, networks, hosts }, image) {
      const id = (await docker(['create', ...options, image])).trim()
      const record = join(machineFolder(directory, machine, dockerProvider.name), 'id')
      mkdirSync(dirname(record), { recursive: true })
      writeFileSync(record, id)
      for (const { name, address } of networks) {
        await docker(['network', 'connect', ...(address === '' ? [] : ['--ip', address]), name, id])
      }
      await docker(['start', id])
      const lines = hosts.map((line) => `${line}\n`).join('')
      await docker(['exec', '--interactive', id, ...scripted('hosts-file.sh', ['add'])], lines)
    },
    async removeImages(images) {
      // By force: a container that was made from it keeps what it needs of it.
      if (images.length > 0) await docker(['image', 'rm', '--force', ...images])
    },
    async removeUnnamedImages() {
      // An image that was made of a container has that container's labels.
      const unnamed = ['--filter', 'dangling=true', '--filter', `label=pg-lab.folder=${directory}`]
      const ids = (await docker(['image', 'ls', '--quiet', ...unnamed])).split('\n').filter(Boolean)
      if (ids.length > 0) await docker(['image', 'rm', ...new Set(ids)])
    },
  }
}

function shapeFrom(
  { Name, Config, HostConfig, NetworkSettings }: Inspected,
  hosts: readonly string[],
): ContainerShape {
  const { Hostname } = Config
  const each = (option: string, values: readonly string[] | null) =>
    (values ?? []).flatMap((value) => [option, value])
  const ports = Object.entries(HostConfig.PortBindings ?? {}).flatMap(([port, bindings]) =>
    (bindings ?? []).map(({ HostIp, HostPort }) => `${HostIp ? `${HostIp}:` : ''}${HostPort}:${port}`),
  )
  const mounts = Object.entries(HostConfig.Tmpfs ?? {}).map(([path, how]) => (how ? `${path}:${how}` : path))
  const { Memory, MemorySwap, NanoCpus, ShmSize, Privileged } = HostConfig
  return {
    options: [
      ...['--name', Name.replace(/^\//, ''), '--hostname', Hostname],
      ...each('--cap-add', HostConfig.CapAdd),
      ...each('--cap-drop', HostConfig.CapDrop),
      ...each('--security-opt', HostConfig.SecurityOpt),
      ...each('--tmpfs', mounts),
      ...each('--volume', HostConfig.Binds),
      ...each('--add-host', HostConfig.ExtraHosts),
      ...each('--publish', ports),
      ...(Privileged ? ['--privileged'] : []),
      ...(Memory > 0 ? ['--memory', String(Memory), '--memory-swap', String(MemorySwap)] : []),
      ...(NanoCpus > 0 ? ['--cpus', String(NanoCpus / 1e9)] : []),
      ...['--shm-size', String(ShmSize)],
    ],
    networks: Object.entries(NetworkSettings.Networks)
      .filter(([name]) => name !== 'bridge')
      .map(([name, { IPAMConfig }]) => ({ name, address: IPAMConfig?.IPv4Address ?? '' })),
    // Its own line has the address it gets from Docker's network, which is another next time.
    hosts: hosts.filter((line) => line.trim() !== '' && !line.split(/\s+/).includes(Hostname)),
  }
}

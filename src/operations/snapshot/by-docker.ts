import { createHash } from 'node:crypto'
import { dockerNetwork } from '../../catalog/providers/docker.ts'
import { UserError } from '../../errors.ts'
import { NETWORK_SCRIPT } from '../../generate/render/node-image.ts'
import { type ContainerSnapshots, createContainerSnapshots } from '../../tools/docker/container-snapshots.ts'
import { tidyAtEnd } from '../../tools/process/signals.ts'
import { machinesIn } from '../../tools/vagrant/machine-records.ts'
import type { SavedMachine, Snapshot } from './record.ts'
import type { SnapshotLab, SnapshotWay } from './snapshot-way.ts'

/** Containers: their disks are kept as images, while all of them stand still. */
export const dockerSnapshots: SnapshotWay = {
  async save(live, { name, order }, note) {
    const containers = createContainerSnapshots(live)
    const ids = new Map(machinesIn(live.directory).map((machine) => [machine.name, machine.id]))
    const machines = await Promise.all(
      order.map(async (machine) => {
        const id = ids.get(machine) ?? ''
        return { name: machine, id, image: imageOf(live, name, machine), shape: await containers.shapeOf(id) }
      }),
    )
    try {
      await whileFrozen(containers, machines, async () => {
        note('copying their disks')
        await Promise.all(machines.map(({ id, image }) => containers.commit(id, image)))
      })
    } catch (error) {
      await containers.removeImages(await imagesThatAre(containers, machines))
      throw error
    }
    return machines.map(({ name: machine, image, shape }) => ({ name: machine, container: { image, shape } }))
  },

  async restore(live, snapshot, note) {
    const containers = createContainerSnapshots(live)
    const saved = containersOf(snapshot)
    const there = await imagesThatAre(containers, saved)
    const gone = saved.find(({ image }) => !there.includes(image))
    if (gone) {
      throw new UserError(`The image of ${gone.machine} is gone: ${gone.image}`, {
        hint: `nothing was changed; forget the snapshot: npx create-pg-lab snapshot rm ${snapshot.name}`,
      })
    }
    note('removing the machines as they are')
    await containers.removeContainers(saved.map(({ shape }) => nameOf(shape)))
    await makeNetwork(live)
    for (const { machine, shape, image } of saved) {
      note(`making ${machine} again`)
      await containers.recreate(machine, shape, image)
    }
    return { isRunning: true }
  },

  async remove(live, snapshot) {
    const containers = createContainerSnapshots(live)
    await containers.removeImages(await imagesThatAre(containers, containersOf(snapshot)))
  },

  async sweep(live) {
    await createContainerSnapshots(live).removeUnnamedImages()
  },

  async bytesOf(live, snapshot) {
    const containers = createContainerSnapshots(live)
    const images = await imagesThatAre(containers, containersOf(snapshot))
    const sizes = await Promise.all(images.map((image) => containers.sizeOf(image)))
    return sizes.reduce((sum, bytes) => sum + bytes, 0)
  },
}

/**
 * Each stands still before the next does, in this order: whoever receives WAL has no more than its sender wrote before.
 * They go on whatever happens.
 */
async function whileFrozen(
  containers: ContainerSnapshots,
  machines: readonly { readonly id: string }[],
  work: () => Promise<void>,
): Promise<void> {
  const frozen: string[] = []
  const release = tidyAtEnd(() => containers.thawAtOnce(frozen)) // after a signal nothing else can be started
  try {
    for (const { id } of machines) {
      frozen.push(id)
      await containers.freeze(id)
    }
    await work()
    for (const id of frozen.toReversed()) {
      await containers.thaw(id)
      frozen.pop()
    }
  } finally {
    release()
  }
}

/** A tag has no room for a path: the lab is told apart by what its path comes to. */
function imageOf({ directory }: SnapshotLab, name: string, machine: string): string {
  const lab = createHash('sha256').update(directory).digest('hex').slice(0, 12)
  return `pg-lab/snapshot:${lab}-${name}-${machine}`
}

function containersOf({ machines }: Snapshot) {
  return machines.flatMap(({ name, container }: SavedMachine) =>
    container ? [{ machine: name, ...container }] : [],
  )
}

async function imagesThatAre(
  containers: ContainerSnapshots,
  machines: readonly { readonly image: string }[],
): Promise<readonly string[]> {
  const asked = await Promise.all(
    machines.map(async ({ image }) => ((await containers.has(image)) ? [image] : [])),
  )
  return asked.flat()
}

function nameOf({ options }: { readonly options: readonly string[] }): string {
  return options[options.indexOf('--name') + 1] ?? ''
}

/** It goes with the last container that is in it. */
async function makeNetwork({ directory, lab, run, logFile }: SnapshotLab): Promise<void> {
  const { subnet } = lab.network
  const args = [NETWORK_SCRIPT, 'make', dockerNetwork(subnet), subnet]
  await run({ file: 'sh', args, cwd: directory, logFile })
}

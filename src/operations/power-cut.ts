import { CommandError } from '../errors.ts'
import type { LabNode } from '../lab.ts'
import type { Place } from '../observe/live-lab.ts'
import { createContainers } from '../tools/docker/containers.ts'

/** Takes a machine's power away: nothing in it is told. A container may not do that to itself. */
export async function cutPower(place: Place, node: LabNode): Promise<void> {
  if (place.lab.provider === 'docker') return createContainers(place).kill(node.name)
  try {
    const argv = ['systemctl', 'poweroff', '--force', '--force']
    await place.guest.shell(node, argv, { as: 'root', timeoutMs: 20_000 })
  } catch (error) {
    if (!(error instanceof CommandError)) throw error // it takes our connection with it
  }
}

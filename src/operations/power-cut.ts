import type { LabNode } from '../lab.ts'
import type { LiveLab } from '../observe/live-lab.ts'
import { createContainers } from '../tools/docker/containers.ts'
import { ifReachable } from '../tools/ssh/if-reachable.ts'

/** Takes a machine's power away: nothing in it is told. A container may not do that to itself. */
export async function cutPower(live: LiveLab, node: LabNode): Promise<void> {
  if (live.lab.provider === 'docker') return createContainers(live).kill(node.name)
  const argv = ['systemctl', 'poweroff', '--force', '--force']
  // It takes our connection with it.
  await ifReachable(() => live.guest.shell(node, argv, { as: 'root', timeoutMs: 20_000 }), undefined)
}

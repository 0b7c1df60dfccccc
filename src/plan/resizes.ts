import { can } from '../catalog/providers/index.ts'
import { wantedSizes } from '../generate/write/machine-sizes.ts'
import { type MachineSize, nodesOf } from '../lab.ts'
import type { Resize } from '../observe/machine-changes.ts'
import type { MachineSight } from '../observe/machines.ts'
import { createContainers } from '../tools/docker/containers.ts'
import type { PlanItem } from './plan-item.ts'
import type { View } from './view.ts'

/**
 * What a guest counts may differ a little from what it was given: firmware takes its part, and Linux counts memory in
 * blocks of 128 MB.
 */
const VM_TOLERANCE_MB = 192

/** Compares what the machines have with what they should have. Of a machine that is off, only a container's size is known. */
export async function seeResizes(
  view: View,
  machines: ReadonlyMap<string, MachineSight>,
): Promise<readonly Resize[]> {
  const { lab, directory, run, former } = view
  const isLive = can(lab).resizeInPlace
  const names = nodesOf(lab).map(({ name }) => name)
  const [wanted, containers] = await Promise.all([
    wantedSizes(lab, directory, former.vagrantfile),
    isLive ? createContainers({ directory, run }).sizes(names) : undefined,
  ])
  return nodesOf(lab).flatMap((node) => {
    const to = wanted.get(node.name)
    const from = containers ? containers.get(node.name) : machines.get(node.name)?.size
    const tolerance = isLive ? 0 : VM_TOLERANCE_MB
    return to && from && isOther(from, to, tolerance) ? [{ node, from, to, isLive }] : []
  })
}

function isOther(from: MachineSize, to: MachineSize, toleranceMb: number): boolean {
  return Math.abs(from.memoryMb - to.memoryMb) > toleranceMb || from.cpus !== to.cpus
}

/** What happens to machines that get another size. */
export function resizeItems(resizes: readonly Resize[]): readonly PlanItem[] {
  return resizes.map(({ node, from, to, isLive }) => {
    const changes = [
      ...(from.memoryMb === to.memoryMb ? [] : [`memory ${from.memoryMb} → ${to.memoryMb} MB`]),
      ...(from.cpus === to.cpus ? [] : [`processors ${from.cpus} → ${to.cpus}`]),
    ]
    const how = isLive ? 'while it runs' : 'the machine is restarted, and its server with it'
    return {
      kind: 'machine',
      node: node.name,
      action: isLive ? 'change' : 'restart',
      text: `${changes.join(', ')}: ${how}`,
    }
  })
}

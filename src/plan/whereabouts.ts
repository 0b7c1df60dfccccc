import { type Lab, type LabNode, nodesOf } from '../lab.ts'
import { addressNumber, contains, parseSubnet } from '../resolve/addresses.ts'
import type { PlanSurvey } from './survey.ts'

/**
 * How a machine's address is to the one the config gives it. `moved`: the config gives it another one than it was made
 * with. `down`: it should have it, and has none in the lab's network: that is a cable, not a reason to delete.
 * `unclear`: what is known does not fit together. `there`: nothing speaks against it.
 */
export type Whereabouts = 'there' | 'moved' | 'down' | 'unclear'

function whereaboutsOf(lab: Lab, { machines, made, former }: PlanSurvey, node: LabNode): Whereabouts {
  const sight = machines.get(node.name)
  const written = former.nodes.find(({ name }) => name === node.name)?.address || undefined
  if (!made.has(node.name) || sight?.addresses.includes(node.address)) return 'there'
  if (written !== undefined && written !== node.address) return 'moved'
  if (!sight) return 'there' // once it is started it will say
  const others = addressesInLab(lab, sight.addresses)
  if (written === undefined) return others.length === 0 ? 'unclear' : 'moved'
  return others.length === 0 ? 'down' : 'unclear'
}

/** Those of a machine's addresses that lie in the lab's network. */
export function addressesInLab({ network }: Lab, addresses: readonly string[]): readonly string[] {
  const subnet = parseSubnet(network.subnet)
  const isIPv4 = (address: string) => /^[\d.]+$/.test(address)
  return addresses.filter((address) => isIPv4(address) && contains(subnet, addressNumber(address)))
}

/** The machines that are so. */
export function machinesThat(lab: Lab, seen: PlanSurvey, are: Whereabouts): readonly LabNode[] {
  return nodesOf(lab).filter((node) => whereaboutsOf(lab, seen, node) === are)
}

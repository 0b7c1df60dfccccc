import { programFailed } from '../errors.ts'
import type { Lab, LabNode } from '../lab.ts'
import { createContainers } from '../tools/containers.ts'
import type { Place } from './place.ts'

/** $1 is the machine's address in the lab's network, $2 `up` or `down`. A link that is down keeps its address. */
const SET_LINK = `link=$(ip -o -4 address show to "$1" | { read -r _ link _; echo "$link"; })
[ -n "$link" ] && ip link set "$link" "$2"`

/** Vagrant's name for the lab's network in Docker. */
function dockerNetworkOf({ network }: Pick<Lab, 'network'>): string {
  return `vagrant_network_${network.subnet}`
}

/** Cuts a machine off from the lab's network; the road by which ssh comes to it stays. */
export async function cutCable(place: Place, node: LabNode): Promise<void> {
  if (place.lab.provider !== 'docker') return setLink(place, node, 'down')
  await createContainers(place).disconnect(node.name, dockerNetworkOf(place.lab))
}

/** Mends it; it may be whole. */
export async function mendCable(place: Place, node: LabNode): Promise<void> {
  if (place.lab.provider !== 'docker') return setLink(place, node, 'up')
  await createContainers(place).connect(node.name, dockerNetworkOf(place.lab), node.address)
}

/** What a person types to mend it. */
export function mendCommand(lab: Lab, { name, address }: LabNode): string {
  return lab.provider === 'docker'
    ? `docker network connect --ip ${address} ${dockerNetworkOf(lab)} ${lab.name}-${name}`
    : `npx create-pg-lab ssh ${name} -- "sudo ip link set \\$(ip -o -4 address show to ${address} | awk '{print \\$2}') up"`
}

async function setLink({ guest }: Place, node: LabNode, state: 'up' | 'down'): Promise<void> {
  const argv = ['sh', '-c', SET_LINK, 'sh', node.address, state]
  const output = await guest.shell(node, argv, { as: 'root', timeoutMs: 20_000 })
  if (output.exitCode === 0) return
  throw programFailed(
    `The network of ${node.name} cannot be set ${state}`,
    `ip -o -4 address show to ${node.address}`,
    output,
  )
}

import { dockerNetwork } from '../catalog/providers/docker.ts'
import { CommandError, programFailed } from '../errors.ts'
import { type Lab, type LabNode, nodesOf } from '../lab.ts'
import type { LiveLab } from '../observe/live-lab.ts'
import { createContainers } from '../tools/docker/containers.ts'
import { writeSshConfig } from '../tools/ssh/ssh-config.ts'
import type { Vagrant } from '../tools/vagrant/vagrant.ts'

/** $1 is the machine's address in the lab's network, $2 `up` or `down`. A link that is down keeps its address. */
const SET_LINK = `link=$(ip -o -4 address show to "$1" | { read -r _ link _; echo "$link"; })
[ -n "$link" ] && ip link set "$link" "$2"`

/** Cuts a machine off from the lab's network; the way by which ssh reaches it stays. */
export async function cutCable(live: LiveLab, node: LabNode): Promise<void> {
  if (live.lab.provider !== 'docker') return setLink(live, node, 'down')
  await createContainers(live).disconnect(node.name, live.lab.network.subnet)
}

/** Mends it; it may be whole. */
export async function mendCable(live: LiveLab, node: LabNode): Promise<void> {
  if (live.lab.provider !== 'docker') return setLink(live, node, 'up')
  await createContainers(live).connect(node.name, live.lab.network.subnet, node.address)
}

/**
 * Brings a machine's interface in the lab's network up again, whatever has taken it down, and lets PostgreSQL listen
 * there: it does not where it was started without the address. Nothing of the machine is deleted.
 * @throws CommandError when it does not come up
 */
export async function bringUpNetwork(live: LiveLab, vagrant: Vagrant, node: LabNode): Promise<void> {
  if (live.lab.provider === 'docker') {
    await cutCable(live, node) // it may be plugged in, and down inside
    await mendCable(live, node)
  } else {
    try {
      await setLink(live, node, 'up')
    } catch (error) {
      if (!(error instanceof CommandError)) throw error
      await vagrant.reload({ machines: [node.name] }) // the address itself is gone
      writeSshConfig(live.directory, await vagrant.sshConfig(), nodesOf(live.lab))
    }
  }
  const output = await live.guest.shell(node, ['sh', '-c', LISTEN, 'sh', node.address], {
    as: 'root',
    timeoutMs: 120_000,
  })
  if (output.exitCode === 0) return
  throw programFailed(
    `The network of ${node.name} is not up`,
    `ip -o -4 address show to ${node.address}`,
    output,
  )
}

/** $1 is the address. A PostgreSQL that runs and does not listen there is restarted. */
const LISTEN = `ip -o -4 address show to "$1" | grep -q . || exit 1
listens() { ss -Hltn "sport = :5432" | grep -q "$1"; }
listens . || exit 0
listens "$1:" || systemctl restart 'postgresql@*' 'postgresql-[0-9]*'`

/** What a person types to repair it. */
export function mendCommand(lab: Lab, { name, address }: LabNode): string {
  return lab.provider === 'docker'
    ? `docker network connect --ip ${address} ${dockerNetwork(lab.network.subnet)} ${lab.name}-${name}`
    : `npx create-pg-lab ssh ${name} -- "sudo ip link set \\$(ip -o -4 address show to ${address} | awk '{print \\$2}') up"`
}

async function setLink({ guest }: LiveLab, node: LabNode, state: 'up' | 'down'): Promise<void> {
  const argv = ['sh', '-c', SET_LINK, 'sh', node.address, state]
  const output = await guest.shell(node, argv, { as: 'root', timeoutMs: 20_000 })
  if (output.exitCode === 0) return
  throw programFailed(
    `The network of ${node.name} cannot be set ${state}`,
    `ip -o -4 address show to ${node.address}`,
    output,
  )
}

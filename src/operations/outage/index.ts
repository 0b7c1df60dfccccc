import { can } from '../../catalog/providers/index.ts'
import { programFailed } from '../../errors.ts'
import type { Lab, LabNode } from '../../lab.ts'
import type { LiveLab } from '../../observe/live-lab.ts'
import { scripted } from '../../scripts/index.ts'
import type { Vagrant } from '../../tools/vagrant/vagrant.ts'
import { dockerOutage } from './docker.ts'
import { outageInGuest } from './in-guest.ts'
import type { Outage } from './outage.ts'

const OUTAGES = { docker: dockerOutage, 'in-guest': outageInGuest }

/** Of existing servers nobody asks: what would need an outage is refused there before. */
export function outageFor(lab: Lab): Outage {
  const { outage } = can(lab)
  if (outage === 'nobody') throw new Error(`Nobody can cut off the servers of ${lab.name}`)
  return OUTAGES[outage]
}

/**
 * Brings a machine's network up again, and lets PostgreSQL listen there: it does not where it was started without the
 * address.
 * @throws CommandError when it does not come up
 */
export async function bringUpNetwork(live: LiveLab, vagrant: Vagrant, node: LabNode): Promise<void> {
  await outageFor(live.lab).bringUp(live, node, vagrant)
  const output = await live.guest.shell(node, scripted('listen-again.sh', [node.address]), {
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

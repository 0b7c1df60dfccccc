import { CommandError, programFailed } from '../../errors.ts'
import { type LabNode, nodesOf } from '../../lab.ts'
import type { LiveLab } from '../../observe/live-lab.ts'
import { scripted } from '../../scripts/index.ts'
import { ifReachable } from '../../tools/ssh/if-reachable.ts'
import { writeSshConfig } from '../../tools/ssh/ssh-config.ts'
import type { Outage } from './outage.ts'

/** A virtual machine does it to itself: its provider has no word for either that all of them share. */
export const outageInGuest: Outage = {
  async cutPower({ guest }, node) {
    const argv = ['systemctl', 'poweroff', '--force', '--force']
    // It takes our connection with it.
    await ifReachable(() => guest.shell(node, argv, { as: 'root', timeoutMs: 20_000 }), undefined)
  },

  cutNetwork: (live, node) => setLink(live, node, 'down'),

  mendNetwork: (live, node) => setLink(live, node, 'up'),

  async bringUp(live, node, vagrant) {
    try {
      await setLink(live, node, 'up')
    } catch (error) {
      if (!(error instanceof CommandError)) throw error
      await vagrant.reload({ machines: [node.name] }) // the address itself is gone
      writeSshConfig(live.directory, await vagrant.sshConfig(), nodesOf(live.lab))
    }
  },

  mendCommand: (_, { name, address }) =>
    `npx create-pg-lab ssh ${name} -- "sudo ip link set \\$(ip -o -4 address show to ${address} | awk '{print \\$2}') up"`,
}

async function setLink({ guest }: LiveLab, node: LabNode, state: 'up' | 'down'): Promise<void> {
  const argv = scripted('set-link.sh', [node.address, state])
  const output = await guest.shell(node, argv, { as: 'root', timeoutMs: 20_000 })
  if (output.exitCode === 0) return
  throw programFailed(
    `The network of ${node.name} cannot be set ${state}`,
    `ip -o -4 address show to ${node.address}`,
    output,
  )
}

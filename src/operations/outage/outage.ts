import type { Lab, LabNode } from '../../lab.ts'
import type { LiveLab } from '../../observe/live-lab.ts'
import type { Vagrant } from '../../tools/vagrant/vagrant.ts'

/** How a machine loses its power and its network, and gets the network back. */
export interface Outage {
  /** Takes a machine's power away: nothing in it is told. */
  cutPower(live: LiveLab, node: LabNode): Promise<void>
  /** Cuts a machine off from the lab's network; the way by which ssh reaches it stays. */
  cutNetwork(live: LiveLab, node: LabNode): Promise<void>
  /** Mends it; it may be whole. */
  mendNetwork(live: LiveLab, node: LabNode): Promise<void>
  /** Brings the machine's interface in the lab's network up, whatever has taken it down. Nothing of the machine is deleted. */
  bringUp(live: LiveLab, node: LabNode, vagrant: Vagrant): Promise<void>
  /** What a person types to repair it. */
  mendCommand(lab: Lab, node: LabNode): string
}

import { dockerNetwork } from '../../catalog/providers/docker.ts'
import { createContainers } from '../../tools/docker/containers.ts'
import type { Outage } from './outage.ts'

/** A container may not take its own power away, and its network is Docker's. */
export const dockerOutage: Outage = {
  cutPower: (live, node) => createContainers(live).kill(node.name),

  cutNetwork: (live, node) => createContainers(live).disconnect(node.name, live.lab.network.subnet),

  mendNetwork: (live, node) =>
    createContainers(live).connect(node.name, live.lab.network.subnet, node.address),

  async bringUp(live, node) {
    await dockerOutage.cutNetwork(live, node) // it may be plugged in, and down inside
    await dockerOutage.mendNetwork(live, node)
  },

  mendCommand: ({ name: lab, network }, { name, address }) =>
    `docker network connect --ip ${address} ${dockerNetwork(network.subnet)} ${lab}-${name}`,
}

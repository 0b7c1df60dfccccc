import { PROVIDERS } from '../../catalog/providers.ts'
import type { Rule } from './rule.ts'
import { ansible, node, ssh, vagrant } from './rules/common.ts'
import { baseImage, containerNames, dockerDaemon, dockerReach } from './rules/docker.ts'
import { clock, disk, folder, memory, ports, subnet } from './rules/lab.ts'
import { requirementRules } from './rules/requirements.ts'
import { libvirtDaemon, virtualboxDriver, virtualboxNetworks } from './rules/virtual-machines.ts'

/** Everything the doctor looks at, in the order it is shown. */
export const RULES: readonly Rule[] = [
  node,
  vagrant,
  ansible,
  ssh,
  ...Object.values(PROVIDERS).flatMap(requirementRules),
  dockerDaemon,
  dockerReach,
  baseImage,
  containerNames,
  virtualboxDriver,
  virtualboxNetworks,
  libvirtDaemon,
  clock,
  folder,
  subnet,
  ports,
  memory,
  disk,
]

import { PROVIDERS } from '../../catalog/providers/index.ts'
import type { Rule } from '../rule.ts'
import { box } from './box.ts'
import { ansible, node, ssh, vagrant } from './common.ts'
import { controlPython } from './control-python.ts'
import { baseImage, containerNames, dockerDaemon, dockerReach } from './docker.ts'
import { clock, disk, folder, memory, ports, subnet } from './lab.ts'
import { requirementRules } from './requirements.ts'
import { libvirtDaemon, virtualboxDriver, virtualboxNetworks } from './virtual-machines.ts'

/** Everything the doctor looks at, in the order it is shown. */
export const RULES: readonly Rule[] = [
  node,
  vagrant,
  ansible,
  controlPython,
  ssh,
  ...Object.values(PROVIDERS).flatMap(requirementRules),
  dockerDaemon,
  dockerReach,
  baseImage,
  containerNames,
  virtualboxDriver,
  virtualboxNetworks,
  libvirtDaemon,
  box,
  clock,
  folder,
  subnet,
  ports,
  memory,
  disk,
]

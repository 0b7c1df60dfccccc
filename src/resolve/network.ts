import type { ProviderName } from '../catalog/names.ts'
import type { Config } from '../config/schema.ts'
import {
  addressNumber,
  addressText,
  assignAddresses,
  contains,
  overlap,
  parseSubnet,
  type Subnet,
  subnetText,
  whyNotAddress,
} from './addresses.ts'
import type { ConfigMachine } from './machines.ts'
import { type AddProblem, checkUnique } from './problems.ts'

/** VirtualBox ≥ 6.1.28 refuses host-only networks elsewhere. */
const VIRTUALBOX_HOST_ONLY = parseSubnet('192.168.56.0/21')

/** Networks that are already something else. */
const RESERVED_SUBNETS: readonly { subnet: string; is: string; provider?: ProviderName }[] = [
  { subnet: '0.0.0.0/8', is: 'no network of machines' },
  { subnet: '127.0.0.0/8', is: 'the loopback network' },
  { subnet: '169.254.0.0/16', is: 'the link-local network' },
  { subnet: '224.0.0.0/3', is: 'multicast or reserved' },
  { subnet: '10.0.2.0/24', is: 'VirtualBox’s own NAT network', provider: 'virtualbox' },
  { subnet: '192.168.121.0/24', is: 'vagrant-libvirt’s management network', provider: 'libvirt' },
  { subnet: '172.17.0.0/16', is: 'docker’s default network', provider: 'docker' },
]

const PRIVATE_SUBNETS = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'].map(parseSubnet)

export function resolveSubnet(config: Config, provider: ProviderName, report: AddProblem): Subnet {
  const given = config.network.subnet
  const subnet = parseSubnet(given)
  if (provider === 'ssh') return subnet // the servers are in networks of their own
  if (subnetText(subnet) !== given) {
    report(
      'network.subnet',
      `"${given}" is an address inside a subnet`,
      `did you mean "${subnetText(subnet)}"?`,
    )
  }
  const other = RESERVED_SUBNETS.find(
    (reserved) =>
      (reserved.provider ?? provider) === provider && overlap(subnet, parseSubnet(reserved.subnet)),
  )
  if (other) {
    report(
      'network.subnet',
      `"${given}" overlaps ${other.subnet}, ${other.is}`,
      'choose e.g. 192.168.11.0/24',
    )
  }
  return subnet
}

/** Existing servers have their addresses wherever they are. @returns an address a machine, in their order */
export function givenAddresses(machines: readonly ConfigMachine[], report: AddProblem): string[] {
  checkUnique(
    machines.flatMap(({ path, seat: { address } }) =>
      address ? [{ path: `${path}.address`, value: address }] : [],
    ),
    report,
  )
  return machines.map(({ seat }) => seat.address ?? '')
}

/** @returns an address a machine, in their order */
export function resolveAddresses(
  subnet: Subnet,
  machines: readonly ConfigMachine[],
  report: AddProblem,
): string[] {
  for (const {
    path,
    seat: { address },
  } of machines) {
    const reason = address && whyNotAddress(subnet, addressNumber(address))
    if (reason) report(`${path}.address`, `"${address}" ${reason}`, `choose one between ${rangeOf(subnet)}`)
  }
  givenAddresses(machines, report)
  const addresses = assignAddresses(
    subnet,
    machines.map(({ seat }) => seat),
  )
  const full = addresses.filter((address) => address === undefined).length
  if (full) {
    report(
      'network.subnet',
      `${subnetText(subnet)} is too small: ${full} of ${machines.length} machines find no address`,
      'choose a smaller prefix, e.g. /24',
    )
  }
  return addresses.map((address) => address ?? '')
}

function rangeOf({ base, size }: Subnet): string {
  return `${addressText(base + 2)} and ${addressText(base + size - 2)}`
}

export function modeOf(config: Config, provider: ProviderName, subnet: Subnet): 'host-only' | 'internal' {
  if (config.network.mode !== 'auto') return config.network.mode
  const allowed =
    contains(VIRTUALBOX_HOST_ONLY, subnet.base) &&
    contains(VIRTUALBOX_HOST_ONLY, subnet.base + subnet.size - 1)
  return provider === 'virtualbox' && !allowed ? 'internal' : 'host-only'
}

/** Whether the subnet is one that only private networks use (RFC 1918). */
export function isPrivate({ base }: Subnet): boolean {
  return PRIVATE_SUBNETS.some((subnet) => contains(subnet, base))
}

import { BlockList, isIPv4 } from 'node:net'

/** An IPv4 subnet. Addresses are kept as numbers here, and written as text everywhere else. */
export interface Subnet {
  /** The subnet's own address. */
  readonly base: number
  readonly prefixLength: number
  /** How many addresses it has, its own and the broadcast among them. */
  readonly size: number
  readonly netmask: string
}

export function addressNumber(address: string): number {
  return address.split('.').reduce((number, part) => number * 256 + Number(part), 0)
}

export function addressText(number: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join('.')
}

/** @param cidr e.g. `192.168.11.0/24`; host bits are dropped */
export function parseSubnet(cidr: string): Subnet {
  const [address = '', prefix = ''] = cidr.split('/')
  const prefixLength = Number(prefix)
  const size = 2 ** (32 - prefixLength)
  const base = Math.floor(addressNumber(address) / size) * size
  return { base, prefixLength, size, netmask: addressText(2 ** 32 - size) }
}

export function subnetText({ base, prefixLength }: Subnet): string {
  return `${addressText(base)}/${prefixLength}`
}

export function overlap(one: Subnet, other: Subnet): boolean {
  return one.base < other.base + other.size && other.base < one.base + one.size
}

export function contains({ base, size }: Subnet, address: number): boolean {
  return address >= base && address < base + size
}

/** Prefix length of a netmask: `255.255.255.0` → 24. An IPv6 mask has none here and gives `undefined`. */
export function prefixOf(netmask: string): number | undefined {
  return isIPv4(netmask) ? addressNumber(netmask).toString(2).replaceAll('0', '').length : undefined
}

/**
 * Whether an IPv4 network lies wholly inside another.
 * @param cidr the other one
 * @param prefix prefix length of `address`; `undefined` where it is unknown
 */
export function isWithin(cidr: string, address: string, prefix: number | undefined): boolean {
  const { base, prefixLength } = parseSubnet(cidr)
  if (prefix === undefined || prefix < prefixLength || !isIPv4(address)) return false
  const network = new BlockList()
  network.addSubnet(addressText(base), prefixLength)
  return network.check(address)
}

/** Why a machine cannot have an address, or `undefined` when it can. */
export function whyNotAddress(subnet: Subnet, address: number): string | undefined {
  if (!contains(subnet, address)) return `is outside ${subnetText(subnet)}`
  if (address === subnet.base) return 'is the address of the subnet itself'
  if (address === subnet.base + 1) return 'is the gateway: this computer’s own address there'
  if (address === subnet.base + subnet.size - 1) return 'is the broadcast address'
  return undefined
}

/** Places that machines get when the config names none: .150 the master, .152 the backup host, the rest slaves. */
const PLACES = { master: 0, backup: 2 } as const

/** A machine that needs an address; `slave` counts from 0. */
export type Seat = { readonly address: string | undefined } & RoleOf

export type RoleOf =
  | { readonly role: 'master' | 'backup' }
  | { readonly role: 'slave'; readonly slave: number }

function place(seat: Seat): number {
  if (seat.role !== 'slave') return PLACES[seat.role]
  return seat.slave === 0 ? 1 : seat.slave + 2
}

/**
 * Gives every machine without an address one of the subnet. A machine added at the end moves no other.
 * @param seats the machines, those first that choose first
 * @returns one address a machine; `undefined` where the subnet is full
 */
export function assignAddresses(subnet: Subnet, seats: readonly Seat[]): (string | undefined)[] {
  // A subnet of 256 has room for the familiar .150; a smaller one begins right after its gateway.
  const first = subnet.base + (subnet.prefixLength <= 24 ? 150 : 2)
  const last = subnet.base + subnet.size - 2
  const taken = new Set(seats.flatMap(({ address }) => (address ? [addressNumber(address)] : [])))
  const kept = new Set(Object.values(PLACES).map((offset) => first + offset))
  const next = (wanted: number, passed: ReadonlySet<number>): number | undefined => {
    for (let candidate = wanted; candidate <= last; candidate += 1) {
      if (!taken.has(candidate) && (candidate === wanted || !passed.has(candidate))) return candidate
    }
    return undefined
  }
  const lowest = subnet.base + 2
  return seats.map((seat) => {
    if (seat.address) return seat.address
    const chosen = next(first + place(seat), kept) ?? next(lowest, kept) ?? next(lowest, new Set())
    if (chosen === undefined) return undefined
    taken.add(chosen)
    return addressText(chosen)
  })
}

/** Networks that somebody else is likely to have: VirtualBox's host-only ones, libvirt's and routers' own. */
const USUALLY_TAKEN = [
  '192.168.0.0/21',
  '192.168.56.0/21',
  '192.168.100.0/24',
  '192.168.121.0/24',
  '192.168.122.0/24',
].map(parseSubnet)

/**
 * A network for one more lab: that of every example, or the next one.
 * @param taken what this computer reaches already, and what other labs will have
 * @param wanted a network that the lab is to have if it is free
 * @returns e.g. `192.168.11.0/24`
 */
export function freeSubnet(taken: readonly Subnet[], wanted?: string): string {
  if (wanted !== undefined && !taken.some((other) => overlap(parseSubnet(wanted), other))) return wanted
  const numbers = Array.from({ length: 256 }, (_, index) => (DEFAULT_THIRD + index) % 256)
  const candidates = numbers.map((third) => parseSubnet(`192.168.${third}.0/24`))
  const free = candidates.find((one) => ![...USUALLY_TAKEN, ...taken].some((other) => overlap(one, other)))
  return free ? subnetText(free) : `192.168.${DEFAULT_THIRD}.0/24`
}

const DEFAULT_THIRD = 11

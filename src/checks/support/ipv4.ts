/** Prefix length of a netmask: `255.255.255.0` → 24. An IPv6 mask has none here and gives `undefined`. */
export function prefixOf(netmask: string): number | undefined {
  const number = toNumber(netmask)
  return number === undefined ? undefined : number.toString(2).replaceAll('0', '').length
}

/**
 * Whether an IPv4 network lies wholly inside another.
 * @param subnet CIDR  @param prefix prefix length of `address`; `undefined` where it is unknown
 */
export function contains(subnet: string, address: string, prefix: number | undefined): boolean {
  const [base = '', length = ''] = subnet.split('/')
  const bits = Number(length)
  const [inner, outer] = [toNumber(address), toNumber(base)]
  if (inner === undefined || outer === undefined || prefix === undefined || prefix < bits) return false
  const size = 2 ** (32 - bits)
  return Math.floor(inner / size) === Math.floor(outer / size)
}

function toNumber(address: string): number | undefined {
  const parts = address.split('.').map(Number)
  if (parts.length !== 4 || parts.some((part) => !Number.isInteger(part) || part < 0 || part > 255))
    return undefined
  return parts.reduce((sum, part) => sum * 256 + part, 0)
}

import { describe, expect, it, test } from 'vitest'
import {
  addressNumber,
  addressText,
  assignAddresses,
  freeSubnet,
  isWithin,
  overlap,
  parseSubnet,
  prefixOf,
  type Seat,
  subnetText,
} from '../../src/resolve/addresses.ts'

const master = (address?: string): Seat => ({ role: 'master', address })
const backup = (address?: string): Seat => ({ role: 'backup', address })
const slave = (index: number, address?: string): Seat => ({ role: 'slave', slave: index, address })

/** The last number of each address. */
function ends(cidr: string, seats: Seat[]): (number | undefined)[] {
  return assignAddresses(parseSubnet(cidr), seats).map((text) =>
    text ? Number(text.split('.').at(-1)) : undefined,
  )
}

test('addresses are numbers and back', () => {
  for (const address of ['0.0.0.0', '192.168.11.150', '255.255.255.255']) {
    expect(addressText(addressNumber(address))).toBe(address)
  }
})

test('a subnet knows its size and mask', () => {
  expect(parseSubnet('192.168.11.77/24')).toEqual({
    base: addressNumber('192.168.11.0'),
    prefixLength: 24,
    size: 256,
    netmask: '255.255.255.0',
  })
  expect(parseSubnet('10.0.0.0/8').netmask).toBe('255.0.0.0')
  expect(parseSubnet('10.0.0.16/29').netmask).toBe('255.255.255.248')
  expect(subnetText(parseSubnet('10.0.0.19/29'))).toBe('10.0.0.16/29')
})

test('subnets overlap when one holds the other', () => {
  const [wide, narrow, other] = ['10.0.0.0/8', '10.1.0.0/24', '11.0.0.0/24'].map(parseSubnet)
  if (!wide || !narrow || !other) throw new Error('three subnets')
  expect([overlap(wide, narrow), overlap(narrow, wide), overlap(wide, other)]).toEqual([true, true, false])
})

describe('machines without an address', () => {
  test('get the familiar ones', () => {
    expect(ends('192.168.11.0/24', [master(), backup(), slave(0), slave(1), slave(2)])).toEqual([
      150, 152, 151, 153, 154,
    ])
  })

  test('begin after the gateway in a small subnet', () => {
    expect(ends('10.0.0.16/28', [master(), backup(), slave(0), slave(1)])).toEqual([18, 20, 19, 21])
  })

  test('get the next free one where theirs is taken', () => {
    expect(ends('192.168.11.0/24', [master(), backup('192.168.11.151'), slave(0), slave(1)])).toEqual([
      150, 151, 153, 154,
    ])
  })

  test('go round at the end of the subnet', () => {
    const slaves = Array.from({ length: 105 }, (_, index) => slave(index))
    const numbers = ends('192.168.11.0/24', [master(), ...slaves])
    expect(new Set(numbers).size).toBe(106)
    expect(numbers.at(-1)).toBe(3)
  })

  test('are told when the subnet is full', () => {
    const slaves = Array.from({ length: 6 }, (_, index) => slave(index))
    expect(ends('10.0.0.0/29', [master(), ...slaves]).filter((end) => end === undefined)).toHaveLength(2)
  })

  test('stay where they are when a slave is added', () => {
    for (const taken of [undefined, '192.168.11.151', '192.168.11.154']) {
      const before = [master(), backup(taken), slave(0), slave(1), slave(2)]
      expect(ends('192.168.11.0/24', [...before, slave(3)]).slice(0, 5)).toEqual(
        ends('192.168.11.0/24', before),
      )
    }
  })
})

test.each([
  [[], '192.168.11.0/24'],
  [['192.168.11.0/24'], '192.168.12.0/24'],
  [['192.168.11.128/25', '192.168.12.0/23'], '192.168.14.0/24'],
  [['192.168.11.0/24', '192.168.12.0/22', '192.168.16.0/20', '192.168.32.0/19'], '192.168.64.0/24'],
  [['192.168.0.0/16'], '192.168.11.0/24'], // none is free; doctor tells what is in the way
])('beside %j a new lab gets %s', (taken, free) => {
  expect(freeSubnet(taken.map(parseSubnet))).toBe(free)
})

describe('isWithin', () => {
  it.each([
    ['192.168.11.150', 32, true],
    ['192.168.11.0', 24, true],
    ['192.168.11.128', 25, true],
    ['192.168.12.1', 32, false],
    ['192.168.0.0', 16, false],
    ['0.0.0.0', 0, false],
    ['fe80::1', 128, false],
    ['192.168.11.1', undefined, false],
  ])('%s/%s in 192.168.11.0/24: %s', (address, prefix, inside) => {
    expect(isWithin('192.168.11.0/24', address, prefix)).toBe(inside)
  })
})

describe('prefixOf', () => {
  it('counts the ones of a netmask', () => {
    expect(prefixOf('255.255.255.255')).toBe(32)
    expect(prefixOf('255.255.240.0')).toBe(20)
    expect(prefixOf('0.0.0.0')).toBe(0)
    expect(prefixOf('ffff::')).toBeUndefined()
  })
})

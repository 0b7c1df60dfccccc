import { describe, expect, it } from 'vitest'
import { contains, prefixOf } from '../../../src/checks/support/ipv4.ts'

describe('contains', () => {
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
    expect(contains('192.168.11.0/24', address, prefix)).toBe(inside)
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

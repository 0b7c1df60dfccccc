import { describe, expect, it } from 'vitest'
import { size, span } from '../src/units.ts'

describe('size and span', () => {
  it('count as PostgreSQL does', () => {
    expect([0, 999, 1024, 238_000, 16_777_216, 5e12].map(size)).toEqual([
      '0 B',
      '999 B',
      '1.0 kB',
      '232 kB',
      '16.0 MB',
      '4.5 TB',
    ])
    expect(size(1000)).toBe('1.0 kB')
    expect([0, 0.003, 2.5, 42, 420, 10_800, 500_000].map(span)).toEqual([
      '0 ms',
      '3 ms',
      '2.5 s',
      '42 s',
      '7 min',
      '3 h',
      '6 d',
    ])
  })
})

import { expect, test } from 'vitest'
import { tables } from '../../bench/figures.ts'

const ROUNDS = [{ 'new, s': 4, 'raw, s': 10 }, { 'new, s': 1 }, { 'new, s': 3 }, { 'new, s': 20 }]

test('a row has what its rounds measured, the middle of an even number between two', () => {
  expect(tables(ROUNDS, [], [])).toContain('| new, s | 1.00 | 3.50 | 20.0 |')
})

test('an older build stands beside what it measured too', () => {
  const text = tables(ROUNDS, [{ 'new, s': 7 }], [])
  expect(text).toContain('| new, s | 1.00 | 3.50 | 20.0 | 7.00 | 0.50 |')
  expect(text).toContain('| raw, s | 10.0 | 10.0 | 10.0 | – | – |')
})

test('a ratio is of two rows that were measured', () => {
  const ratios = [
    { of: 'new, s', to: 'raw, s', bound: 0.45 },
    { of: 'new, s', to: 'other, s' },
  ]
  expect(tables(ROUNDS, [], ratios)).toContain('| new, s ÷ raw, s | 0.35 | ≤ 0.45 |')
  expect(tables(ROUNDS, [], ratios)).not.toContain('other')
})

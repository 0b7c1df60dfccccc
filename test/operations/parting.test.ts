import { expect, test } from 'vitest'
import { partingOf, stretchesBehind } from '../../src/observe/lineage.ts'

const way = (timeline: number, lsn: string, ...history: readonly (readonly [number, string])[]) => ({
  timeline,
  lsn,
  history: history.map(([one, left_at]) => ({ timeline: one, left_at })),
})

const told = (...words: Parameters<typeof partingOf>) => {
  const parting = partingOf(...words)
  return (
    parting && [`${parting.timeline} ${parting.lsn} ${parting.bytes}`, ...stretchesBehind(words[0], parting)]
  )
}

test('who is only behind has not parted', () => {
  expect(told(way(1, '0/300'), way(1, '0/500'))).toBeUndefined()
  expect(told(way(1, '0/300'), way(2, '0/500', [1, '0/400']))).toBeUndefined()
  expect(told(way(2, '0/500', [1, '0/400']), way(3, '0/900', [1, '0/400'], [2, '0/600']))).toBeUndefined()
})

test('an older timeline that went on', () => {
  expect(told(way(1, '0/500'), way(2, '0/900', [1, '0/400']))).toEqual(['1 0/400 256', '1:0/400'])
})

test('a higher timeline is no newer data: it has left the one the primary writes', () => {
  expect(told(way(2, '0/500', [1, '0/400']), way(1, '0/900'))).toEqual(['1 0/400 256', '2:0/400'])
})

test('two timelines of the same number that began at different places', () => {
  expect(told(way(2, '0/800', [1, '0/400']), way(2, '0/900', [1, '0/500']))).toEqual([
    '1 0/400 1024',
    '2:0/400',
  ])
  expect(told(way(2, '0/800', [1, '0/500']), way(2, '0/900', [1, '0/400']))).toEqual([
    '1 0/400 1024',
    '1:0/400:0/500',
    '2:0/500',
  ])
})

test('two timelines that began at the same place under different numbers', () => {
  expect(told(way(3, '0/800', [1, '0/400']), way(2, '0/900', [1, '0/400']))).toEqual([
    '1 0/400 1024',
    '3:0/400',
  ])
})

test('LSNs are numbers, not text', () => {
  expect(partingOf(way(1, 'A/0'), way(2, 'A/9', [1, '9/FFFFFFFF']))?.bytes).toBe(1n)
})

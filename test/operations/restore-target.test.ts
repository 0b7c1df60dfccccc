import { describe, expect, test } from 'vitest'
import { parseRestoreTarget } from '../../src/operations/restore-target.ts'

const read = (text: string, zone = 'Europe/Moscow') => parseRestoreTarget(text, zone)

describe('a time', () => {
  test.each([
    ['2026-11-25T22:10:05+03:00', '2026-11-25 19:10:05+00'],
    ['2026-11-25T22:10:05.25+0300', '2026-11-25 19:10:05.25+00'],
    ['2026-11-25 22:10:05.123456Z', '2026-11-25 22:10:05.123456+00'],
    ['2026-11-25 22:10-05', '2026-11-26 03:10:00+00'],
  ])('%s is %s', (text, value) => {
    expect(read(text)).toMatchObject({ kind: 'time', value, assumedZone: undefined })
  })

  test('without an offset is the servers’, and it is said so', () => {
    expect(read('2026-11-25 22:10:05')).toEqual({
      kind: 'time',
      at: Date.UTC(2026, 10, 25, 19, 10, 5) / 1000,
      value: '2026-11-25 19:10:05+00',
      assumedZone: 'Europe/Moscow',
    })
    expect(read('2026-07-01', 'Europe/Berlin')).toMatchObject({ value: '2026-06-30 22:00:00+00' })
    expect(read('2026-12-01', 'Europe/Berlin')).toMatchObject({ value: '2026-11-30 23:00:00+00' })
    expect(read('2026-10-25 03:30', 'Europe/Berlin')).toMatchObject({ value: '2026-10-25 02:30:00+00' })
  })

  test.each(['2026-02-30 10:00', '2026-11-25 25:00', '2026-13-01'])('%s does not exist', (text) => {
    expect(() => read(text)).toThrow('there is no such time')
  })
})

test('an LSN, a restore point, latest', () => {
  expect(read('0/3000060')).toEqual({ kind: 'lsn', value: '0/3000060' })
  expect(read('1a/b')).toEqual({ kind: 'lsn', value: '1A/B' })
  expect(read('before migration')).toEqual({ kind: 'name', value: 'before migration' })
  expect(read('latest')).toEqual({ kind: 'latest' })
})

test.each([
  '',
  '  ',
  '22:10:05',
  '--in-place',
  '2026-11-25T22:10:05+03:00 CET',
  'Yesterday',
  'an hour ago',
  'x'.repeat(64),
])('%j is nothing of these', (text) => {
  expect(() => read(text)).toThrow('is not a moment')
})

import { describe, expect, test } from 'vitest'
import { isCrontab, longestPause } from '../../src/config/crontab.ts'

describe('crontab', () => {
  test.each(['0 3 * * *', '*/5 0-6 1,15 jan-mar mon-fri', '59 23 31 12 7', '0 0 * * SUN'])(
    'takes %j',
    (time) => expect(isCrontab(time)).toBe(true),
  )
  test.each([
    '',
    '0 3 * *',
    '0 3 * * * *',
    '60 3 * * *',
    '0 24 * * *',
    '0 3 0 * *',
    '0 3 * 13 *',
    '0 3 * * 8',
    '*/0 3 * * *',
    '*/00 3 * * *',
    '5-1 3 * * *',
    '@daily',
    '0 3 * * *\n* * * * *',
    '0  3 * * *',
    '0 3 * * %',
    '- 3 * * *',
  ])('refuses %j', (time) => expect(isCrontab(time)).toBe(false))
})

describe('the longest pause between two runs', () => {
  const HOUR = 60
  const DAY = 24 * HOUR
  test.each([
    ['* * * * *', 1],
    ['*/5 * * * *', 5],
    ['7-59/7 * * * *', 11], // 56 → 7
    ['0 3 * * *', DAY],
    ['0 3,15 * * *', 12 * HOUR],
    ['30 1,4 * * *', 21 * HOUR],
    ['0 22-23 * * *', 23 * HOUR],
    ['0 3 * * 0', 7 * DAY],
    ['0 3 * * 7', 7 * DAY],
    ['0 3 * * mon-fri', 3 * DAY],
    ['0 3 1 * *', 31 * DAY],
    ['0 3 31 * *', 61 * DAY], // August has one, September none
    ['0 3 1 * mon', 7 * DAY], // either will do
    ['0 3 */2 * mon', 21 * DAY], // that is no day of the month named: both must fit
    ['0 3 1 jan *', 366 * DAY],
    ['0 3 29 feb *', 1461 * DAY],
  ])('%s: %d minutes', (time, minutes) => expect(longestPause(time)).toBe(minutes))

  test.each(['0 3 31 2 *', '0 3 30-31 feb *', '0 3 31 4,6,9,11 *'])('%s never comes', (time) =>
    expect(longestPause(time)).toBeUndefined(),
  )
})

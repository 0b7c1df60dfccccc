import { expect, test } from 'vitest'
import {
  isOnLine,
  knownTimelines,
  type Timelines,
  timelinesAtLsn,
  timelinesAtTime,
  timelinesOfPoints,
} from '../../src/operations/timelines.ts'

/** 1 was left at 9/0 for 2, and 2 at A/5000000 for 3, which is the primary's; both had gone on. 4 left 1 still later. */
const TIMELINES: Timelines = {
  current: 3,
  histories: new Map([
    [2, [{ timeline: 1, leftAt: '9/0' }]],
    [
      3,
      [
        { timeline: 1, leftAt: '9/0' },
        { timeline: 2, leftAt: 'A/5000000' },
      ],
    ],
    [4, [{ timeline: 1, leftAt: 'A/1000000' }]],
  ]),
  givenUp: [
    { timeline: 1, from: '9/0', to: 'A/2000000', firstCommit: 100, lastCommit: 200 },
    { timeline: 2, from: 'A/5000000', to: 'A/6000000', firstCommit: 300, lastCommit: 400 },
    { timeline: 4, from: 'A/1000000', to: 'A/1000100', firstCommit: undefined, lastCommit: undefined },
  ],
  points: [
    { timeline: 1, lsn: '8/FF000000' },
    { timeline: 1, lsn: '10/0' },
    { timeline: 2, lsn: 'A/4000000' },
  ],
}

test.each([
  ['8/FFFFFFFF', [3]],
  ['9/0', [1, 3]],
  ['A/1000050', [1, 4, 3]],
  ['A/3000000', [3]],
  ['A/5000001', [2, 3]],
  ['10/0', [3]], // as a text it would lie before 9/0
])('an LSN is on as many timelines as had another state there: %s', (lsn, expected) => {
  expect(timelinesAtLsn(TIMELINES, lsn)).toEqual(expected)
})

test.each([
  [99.9, [3]],
  [100, [1, 3]],
  [199.999, [1, 3]],
  [200, [3]], // PostgreSQL would look for a younger commit, and not find one
  [250, [3]],
  [350, [2, 3]],
])('a time is on those that have an older and a younger commit: %d', (at, expected) => {
  expect(timelinesAtTime(TIMELINES, at)).toEqual(expected)
})

test('a restore point counts once for all the past of the current timeline', () => {
  expect(timelinesOfPoints(TIMELINES)).toEqual([1, 3])
  expect(timelinesOfPoints({ ...TIMELINES, points: [] })).toEqual([])
})

test('a backup leads to a line when it ended before the line left its timeline', () => {
  expect(isOnLine(TIMELINES, 3, 1, '8/0')).toBe(true)
  expect(isOnLine(TIMELINES, 3, 1, '10/0')).toBe(false)
  expect(isOnLine(TIMELINES, 3, 4, 'A/1000050')).toBe(false)
  expect(isOnLine(TIMELINES, 1, 1, '10/0')).toBe(true)
  expect(isOnLine(TIMELINES, 1, 3, '8/0')).toBe(false)
  expect(knownTimelines(TIMELINES)).toEqual([1, 2, 3, 4])
})

import { describe, expect, it } from 'vitest'
import {
  commitsInSteps,
  joined,
  lossOf,
  outageOf,
  readRecording,
} from '../../../src/drills/rehearsal/recording.ts'
import { commonFigures } from '../../../src/drills/rehearsal/results.ts'
import { testLab } from '../../support/lab.ts'

/** Two connections: the first breaks in the middle of its third number, the second goes to another host. */
const LINES = [
  '1000 pid 4711',
  '1005 in 1',
  '1010 ack 1000001 192.168.11.150',
  '1020 ack 1000002 192.168.11.150',
  '1021 server closed the connection unexpectedly',
  '1022 end 1 2',
  '1100 psql: error: connection to server at "192.168.11.150" failed: Connection refused',
  '1101 end 2 2',
  '3500 in 3',
  '3520 ack 3000001 192.168.11.151',
  '3540 ack 3000002 192.168.11.151',
]

describe('the recording', () => {
  it('has each acknowledged commit with its time and its host', () => {
    expect(readRecording(LINES).commits).toEqual([
      { number: 1000001, atMs: 1010, host: '192.168.11.150' },
      { number: 1000002, atMs: 1020, host: '192.168.11.150' },
      { number: 3000001, atMs: 3520, host: '192.168.11.151' },
      { number: 3000002, atMs: 3540, host: '192.168.11.151' },
    ])
  })

  it('doubts the number that was on its way when the connection broke, and none that was never sent', () => {
    expect(readRecording(LINES).doubtful).toEqual([1000003])
  })

  it('doubts the very first number of a connection too', () => {
    expect(readRecording(['1 in 2', '2 end 2 2']).doubtful).toEqual([2000001])
  })

  it('does not doubt what the server refused', () => {
    expect(readRecording(['1 in 1', '2 ack 1000001 a', '3 end 1 3']).doubtful).toEqual([])
  })

  it('does not doubt what was cut off by our own stop', () => {
    expect(readRecording(['1 in 1', '2 ack 1000001 a']).doubtful).toEqual([])
  })
})

describe('the loss', () => {
  const recording = readRecording(LINES)

  it('is what was acknowledged and is not there', () => {
    const present = new Set([1000001, 3000001, 3000002])
    expect(lossOf(recording, present)).toEqual({
      acknowledged: 4,
      lost: [1000002],
      doubtful: 1,
      doubtfulKept: 0,
    })
  })

  it('is not a doubtful write, there or not', () => {
    const present = new Set([1000001, 1000002, 1000003, 3000001, 3000002])
    expect(lossOf(recording, present)).toMatchObject({ lost: [], doubtful: 1, doubtfulKept: 1 })
  })
})

describe('the outage', () => {
  const { commits } = readRecording(LINES)

  it('is from the last commit before to the first one after', () => {
    expect(outageOf(commits, 1015)).toMatchObject({ before: { atMs: 1020 }, after: { atMs: 3520 } })
  })

  it('counts one that began before the disaster was known to have begun', () => {
    expect(outageOf(commits, 2000)).toMatchObject({ before: { atMs: 1020 } })
  })

  it('is nothing that ended before the disaster', () => {
    expect(outageOf(commits, 3530)).toBeUndefined()
  })

  it('is no pause of a slow computer', () => {
    expect(outageOf(readRecording(['1 ack 1 a', '900 ack 2 a']).commits, 0)).toBeUndefined()
  })

  it('is as short as it was where the connection was lost', () => {
    const lines = ['1 ack 1000001 a', '2 end 1 2', '650 ack 4000001 b']
    expect(outageOf(readRecording(lines).commits, 0)).toMatchObject({
      before: { atMs: 1 },
      after: { atMs: 650 },
    })
  })

  it('of no commits at all is unknown', () => {
    expect(outageOf([], 0)).toBeUndefined()
  })
})

describe('writes a second', () => {
  it('are counted in full seconds since the begin', () => {
    expect(commitsInSteps(readRecording(LINES).commits, 1000, 4200, 1000)).toEqual([2, 0, 2])
  })
})

describe('the RTO on the page', () => {
  const told = (recording: ReturnType<typeof readRecording>) => {
    const loss = lossOf(recording, new Set())
    const results = {
      lab: testLab(),
      startedMs: 0,
      disasterMs: 1015,
      endedMs: 0,
      recording,
      samples: [],
      loss,
    }
    const { value } = commonFigures(results)[0] ?? { value: '' }
    return typeof value === 'string' ? value : value.en
  }
  /** Refused again and again until it is stopped. */
  const REFUSED = [...LINES.slice(0, 8), '41000 end 3 2']
  /** Of the writer that goes on through a repair by hand, 40 s after the disaster. */
  const LASTING = [
    '30000 pid 5',
    '30100 end 1001 2',
    '41000 in 1002',
    '41020 ack 1002000001 b',
    '41100 ack 1002000002 b',
  ]

  it('is the longest time without a commit that ended', () => {
    expect(told(readRecording([...LINES, '3600 stop']))).toBe('2.5 s')
  })

  it('is "never" only where the writer wrote to the end', () => {
    expect(told(readRecording(['1000 in 1', '1010 ack 1 a', '1900 ack 2 a', '1950 stop']))).toBe('never')
    expect(told(readRecording(['1000 in 1', '1010 ack 1 a', '1900 ack 2 a']))).toContain(
      'not measured to the end',
    )
  })

  it('is not claimed where nobody took writes when the writer was stopped, or ended', () => {
    for (const end of [[], ['41000 stop']]) {
      expect(told(readRecording([...REFUSED, ...end]))).toContain('not measured: at least 40')
    }
  })

  it('is measured through a repair by hand by the writer that goes on', () => {
    const recording = joined(
      readRecording([...LINES.slice(0, 8), '1200 stop']),
      readRecording([...LASTING, '41200 stop']),
    )
    expect(told(recording)).toMatch(/^40(\.0)? s$/)
  })

  it('takes two writers at the same time for no outage', () => {
    const first = readRecording(['1 in 1', '1000 ack 1000001 a', '1040 ack 1000002 a', '1050 stop'])
    const second = readRecording([
      '1020 in 1001',
      '1030 ack 1001000001 a',
      '1060 ack 1001000002 a',
      '1100 stop',
    ])
    expect(told(joined(first, second))).toBe('never')
  })

  it('does not count what came after the writer was stopped', () => {
    expect(
      readRecording(['1 in 1', '2 ack 1000001 a', '3 stop', '4 ack 1000002 a', '5 end 1 2']),
    ).toMatchObject({
      commits: [{ number: 1000001 }],
      doubtful: [],
      wasStopped: true,
    })
  })
})

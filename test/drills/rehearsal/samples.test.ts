import { describe, expect, it } from 'vitest'
import type { Sample } from '../../../src/drills/rehearsal/sampler.ts'
import { lagsOf, mostKept, twoPrimariesMs, unprotectedSpan } from '../../../src/drills/rehearsal/samples.ts'
import { testBackup, testLab } from '../../support/lab.ts'

const lab = testLab()
const STREAMS = {
  application_name: 'x',
  state: 'streaming',
  sync_state: 'async',
  slot_name: null,
  write_seconds: null,
  flush_seconds: null,
}
const SLAVE = { ...STREAMS, client_addr: '192.168.11.151', user: 'replica', bytes: 2048, seconds: 0.1 }
const BARMAN = {
  ...STREAMS,
  client_addr: '192.168.11.152',
  user: 'barman_streaming',
  bytes: null,
  seconds: null,
}

function primary(atMs: number, senders: readonly (typeof SLAVE | typeof BARMAN)[], node = 'master'): Sample {
  const slots = [{ slot_name: 'barman', active: true, wal_status: 'reserved', retained: atMs * 10 }]
  return { atMs, node, answer: { in_recovery: false, senders, slots } }
}
const standby = (atMs: number, node = 'slave'): Sample => ({
  atMs,
  node,
  answer: { in_recovery: true, senders: [], slots: [] },
})
const silent = (atMs: number, node = 'master'): Sample => ({ atMs, node, answer: undefined })

describe('the time without protection', () => {
  it('lasts until everybody streams again', () => {
    const samples = [
      primary(100, [SLAVE, BARMAN]),
      primary(200, [BARMAN]),
      primary(300, [SLAVE]),
      primary(400, [SLAVE, BARMAN]),
      primary(500, [SLAVE, BARMAN]),
    ]
    expect(unprotectedSpan(lab, samples, 0)).toEqual({ fromMs: 200, toMs: 400 })
  })

  it('does not look at what was before the disaster', () => {
    expect(unprotectedSpan(lab, [primary(100, []), primary(300, [SLAVE, BARMAN])], 200)).toBeUndefined()
  })

  it('counts a primary that does not answer, and two of them', () => {
    const samples = [primary(100, [SLAVE, BARMAN]), silent(200), primary(300, [SLAVE, BARMAN])]
    expect(unprotectedSpan(lab, samples, 0)).toEqual({ fromMs: 200, toMs: 300 })
    const split = [primary(100, [SLAVE, BARMAN]), primary(200, [], 'slave')]
    expect(unprotectedSpan(lab, split, 0)?.fromMs).toBe(200)
  })

  it('asks the upstream of each standby once the roles are changed', () => {
    const master = { ...SLAVE, client_addr: '192.168.11.150' }
    const samples = [standby(100, 'master'), primary(150, [master, BARMAN], 'slave')]
    expect(unprotectedSpan(lab, samples, 120)).toBeUndefined()
  })

  it('needs no Barman where there is none', () => {
    const alone = testLab({ backup: undefined })
    expect(unprotectedSpan(alone, [primary(100, [SLAVE])], 0)).toBeUndefined()
  })
})

describe('two primaries at once', () => {
  it('are counted as far as the looks prove them', () => {
    const samples = [
      primary(100, []),
      primary(200, [], 'slave'),
      primary(300, []),
      primary(400, [], 'slave'),
      standby(500, 'master'),
    ]
    expect(twoPrimariesMs(samples)).toBe(100)
  })

  it('are none in a proper failover, nor when the old one takes over again', () => {
    const samples = [
      primary(100, []),
      silent(200),
      primary(300, [], 'slave'),
      primary(400, [], 'slave'),
      standby(500, 'slave'),
      primary(600, []),
      primary(700, []),
    ]
    expect(twoPrimariesMs(samples)).toBe(0)
  })
})

it('lag is told of who streams, and leaves a gap for who does not', () => {
  const samples = [primary(1100, [SLAVE]), primary(1200, [])]
  expect(lagsOf(lab, samples, 1000)).toEqual([
    { atMs: 100, lags: { slave: { bytes: 2048, seconds: 0.1 } } },
    { atMs: 200, lags: {} },
  ])
})

it('the most that was kept for a slot', () => {
  expect(mostKept([primary(100, []), primary(300, []), silent(400)], testBackup().slot)).toBe(3000)
  expect(mostKept([], 'barman')).toBe(0)
})

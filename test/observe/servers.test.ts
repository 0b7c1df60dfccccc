import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CommandError } from '../../src/errors.ts'
import {
  askServer,
  askServers,
  notOnePrimary,
  primaryOf,
  requirePrimary,
  wordsOfRefusal,
} from '../../src/observe/servers.ts'
import { readServerAnswer, statusScript } from '../../src/observe/status-answers.ts'
import { fakeGuest, type Is, PRIMARY, seen, standby } from '../support/fake-lab.ts'
import { testLab, testMaster } from '../support/lab.ts'
import { realPostgres } from '../support/real-postgres.ts'

const lab = testLab()

describe('a real server', { timeout: 60_000 }, () => {
  const server = realPostgres()
  const { guest, data } = server
  const node = testMaster()
  beforeAll(() => {
    server.create()
    server.start()
    server.sql(
      "SELECT pg_create_physical_replication_slot('slave_slot', true)",
      "SELECT pg_create_physical_replication_slot('barman', true)",
    )
  })
  afterAll(() => {
    server.stop()
    server.remove()
  })

  const PARTS = ['way', 'replication', 'following', 'settings'] as const

  test('tells all its parts by one query, as a primary', async () => {
    const { state, answer } = await askServer(lab, guest, node, PARTS)
    expect(state).toBe('primary')
    expect(answer).toMatchObject({
      in_recovery: false,
      system_identifier: expect.stringMatching(/^\d+$/),
      timeline: 1,
      way: { timeline: 1, lsn: expect.stringMatching(/^0\//), streams_from: null, history: [] },
      replication: {
        paused: false,
        receiver: null,
        senders: [],
        slots: [{ slot_name: 'barman', active: false, wal_status: 'reserved' }, { slot_name: 'slave_slot' }],
      },
      following: { is_streaming: false, slot: '' },
      settings: { checksums: false, roles: expect.arrayContaining(['postgres']) },
    })
    expect(answer?.settings.settings.map(({ name }) => name)).toContain('max_connections')
  })

  test('only the parts that are wanted are there', async () => {
    expect(Object.keys((await askServer(lab, guest, node)).answer ?? {})).toEqual([
      'in_recovery',
      'system_identifier',
      'timeline',
    ])
    expect(Object.keys((await askServer(lab, guest, node, ['way'])).answer ?? {}).at(-1)).toBe('way')
  })

  test('tells status the same, with its disk, in one line', async () => {
    const shell = await guest.shell(node, ['psql', '-X', '-q', '-A', '-t', '-d', 'postgres'], {
      stdin: statusScript(lab),
    })
    const answer = readServerAnswer(shell.stdout)
    expect(answer?.replication.slots).toHaveLength(2)
    expect(answer?.disk?.totalBytes).toBeGreaterThan(0)
  })

  test('that does not answer in the time it was given is slow, not absent', async () => {
    server.signal('SIGSTOP')
    const began = Date.now()
    const { state, answer } = await askServer(lab, guest, node, ['way'], { withinMs: 1_000 }).finally(() =>
      server.signal('SIGCONT'),
    )
    expect({ state, answer }).toEqual({ state: 'slow', answer: undefined })
    expect(Date.now() - began).toBeLessThan(9_000)
  })

  test('tells them as a standby too, and its history where it was promoted', async () => {
    signUp()
    server.start()
    const { state, answer } = await askServer(lab, guest, node, PARTS)
    expect(state).toBe('standby')
    expect(answer).toMatchObject({ timeline: 1, way: { timeline: 1, streams_from: null, history: [] } })
    server.sql('SELECT pg_promote()')
    const promoted = await askServer(lab, guest, node, ['way'])
    expect(promoted).toMatchObject({
      state: 'primary',
      answer: { timeline: 2, way: { history: [{ timeline: 1, left_at: expect.stringMatching(/^0\//) }] } },
    })
  })

  /** It becomes a standby that has nobody to follow. */
  function signUp(): void {
    server.stop()
    writeFileSync(join(data, 'standby.signal'), '')
    spawnSync('chown', ['--reference', data, join(data, 'standby.signal')])
  }

  test('that refuses runs: it is busy, in its own words; one that is stopped is silent', async () => {
    server.sql("UPDATE pg_database SET datallowconn = false WHERE datname = 'postgres'")
    const refusing = await askServer(lab, guest, node, ['way'])
    expect([refusing.state, wordsOfRefusal(refusing)]).toEqual([
      'busy',
      'database "postgres" is not currently accepting connections',
    ])
    server.stop()
    expect((await askServer(lab, guest, node)).state).toBe('silent')
    server.start()
  })
})

test('who does not answer is part of the picture, with the reason', async () => {
  const states = async (slave: Is) =>
    (await askServers(lab, fakeGuest({ master: PRIMARY, slave }), ['way'])).map(({ state }) => state)
  expect(await states(standby())).toEqual(['primary', 'standby'])
  expect(await states('gone')).toEqual(['primary', 'gone'])
  expect(await states('silent')).toEqual(['primary', 'silent'])
  expect(await states('slow')).toEqual(['primary', 'slow'])
  expect(await states('FATAL: sorry, too many clients already')).toEqual(['primary', 'busy'])
  const lastLines = ['ERROR:  recovery is in progress']
  const error = new CommandError('slave: recovery is in progress', {
    command: 'psql',
    exitCode: 3,
    lastLines,
  })
  expect(await states(error)).toEqual(['primary', 'busy']) // it was promoted, or restarted, as it was asked
})

test('there is one primary, none, or several, and one sentence for it', () => {
  const one = seen(lab, { master: standby(), slave: PRIMARY })
  expect(primaryOf(one)).toMatchObject({ is: 'found', node: { name: 'slave' } })
  expect(requirePrimary(one, 'to put a load on').name).toBe('slave')
  const words = (master: Is, slave: Is) => notOnePrimary(seen(lab, { master, slave }), 'to back up')
  expect(words(standby(), standby())).toBe(
    'There is not exactly one primary to back up: all servers are in recovery',
  )
  expect(words('gone', standby())).toBe(
    'There is not exactly one primary to back up: master cannot be reached',
  )
  expect(words(PRIMARY, PRIMARY)).toBe(
    'There is not exactly one primary to back up: master and slave are primaries at the same time',
  )
  expect(() => requirePrimary(seen(lab, { master: PRIMARY, slave: PRIMARY }), 'to back up')).toThrow(
    'primaries at the same time',
  )
})

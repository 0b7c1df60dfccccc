import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { rescue } from '../../../src/drills/rehearsal/lead-back-by-force.ts'
import { nextRescue, type Rescue } from '../../../src/drills/rehearsal/next-rescue.ts'
import type { LabNode } from '../../../src/lab.ts'
import type { Command } from '../../../src/tools/runner.ts'
import { scene, threeServers } from '../../operations/scene.ts'
import { asksWho, type Is, PRIMARY, type Servers, seen, standby } from '../../support/fake-lab.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] })
})
afterEach(() => {
  vi.useRealTimers()
})

/** What was played on whom: `reinit slave`. */
async function rescued(
  servers: Readonly<Record<string, Is>>,
  { gone = [], lost = [], yielding }: { gone?: string[]; lost?: string[]; yielding?: string } = {},
): Promise<readonly string[]> {
  const { place } = scene(servers)
  const played: string[] = []
  const run = async ({ args }: Command) => {
    const words = args.join(' ')
    const playbook = /\/(reinit|rejoin)\.yml/.exec(words)?.[1]
    played.push(`${playbook} ${/"postgres_target": !unsafe "(\w+)"/.exec(words)?.[1]}`)
    return { exitCode: 0, stdout: '', stderr: '', durationMs: 1 }
  }
  const rows = async <Row>(node: LabNode, sql: string) => {
    if (asksWho(sql)) return place.guest.rows<Row>(node, sql)
    vi.setSystemTime(Date.now() + 6_000) // every question takes its time
    const answer = sql.includes("'lost'")
      ? lost.map((slot_name) => ({ slot_name }))
      : [{ gone: gone.some((lsn) => sql.includes(lsn)), promoted: true }]
    return answer as unknown as readonly Row[]
  }
  await rescue({ ...place, run, guest: { ...place.guest, rows } }, () => {}, yielding)
  return played
}

const STUCK = standby('0/2000000', { streams_from: null })

test('a standby whose WAL is gone is cloned, though its slot is whole: a clone was cut off', async () => {
  const servers = { master: PRIMARY, slave: STUCK, slave2: standby() }
  expect(await rescued(servers, { gone: ['0/2000000'] })).toEqual(['reinit slave'])
})

test('one that does not stream yet, but could, is left to the playbook', async () => {
  expect(await rescued({ master: PRIMARY, slave: STUCK, slave2: standby() })).toEqual([])
})

test('one whose slot is lost is cloned', async () => {
  const servers = { master: PRIMARY, slave: STUCK, slave2: standby() }
  expect(await rescued(servers, { lost: ['slave2_slot'] })).toEqual(['reinit slave2'])
})

const NEWER: Is = { in_recovery: false, timeline: 2, history: [{ timeline: 1, left_at: '0/4000000' }] }

test('of two primaries the older timeline gives way, unless another is named', async () => {
  const servers = { master: PRIMARY, slave: NEWER, slave2: standby() }
  expect((await rescued(servers))[0]).toBe('rejoin master')
  expect((await rescued(servers, { yielding: 'slave' }))[0]).toBe('reinit slave')
})

const PARTED: Is = { in_recovery: true, lsn: '0/6000000' }
const WELL = { master: PRIMARY, slave: standby(), slave2: standby() }

/** What is next, in a few words: `rejoin slave`. */
function next(servers: Servers, now: Partial<Rescue> = {}): string {
  const begun = { done: [], unrewound: [], lost: undefined, yielding: undefined }
  const act = nextRescue({ servers: seen(threeServers(), servers), ...begun, ...now })
  const names = 'nodes' in act ? act.nodes : 'node' in act ? [act.node] : []
  return [act.act, ...names.map(({ name }) => name)].join(' ')
}

test.each<[string, Servers, Partial<Rescue>, string]>([
  [
    'what is stopped is started, all at once',
    { ...WELL, slave: 'silent', slave2: 'gone' },
    {},
    'start slave slave2',
  ],
  [
    'one that did not start is made a standby anew',
    { ...WELL, slave: 'silent' },
    { done: ['start slave'] },
    'rejoin slave',
  ],
  ['where there is no primary one is promoted', { ...WELL, master: standby() }, {}, 'promote'],
  ['but not twice', { ...WELL, master: standby() }, { done: ['promote'] }, 'done'],
  ['of two primaries the older timeline gives way', { ...WELL, slave: NEWER }, {}, 'rejoin master'],
  [
    'the one that was named for it is cloned',
    { ...WELL, slave: NEWER },
    { yielding: 'slave' },
    'clone slave',
  ],
  ['one that has parted is taken back', { ...WELL, master: PARTED, slave: NEWER }, {}, 'rejoin master'],
  [
    'by a clone where pg_rewind could not',
    WELL,
    { unrewound: ['slave'], done: ['rejoin slave'] },
    'clone slave',
  ],
  [
    'nobody is taken back twice',
    { ...WELL, slave: 'silent' },
    { done: ['start slave', 'rejoin slave'] },
    'wait',
  ],
  ['a lab that is well is watched for WAL that is gone', WELL, {}, 'wait'],
  ['whoever needs such WAL is cloned', WELL, { lost: ['slave2'] }, 'clone slave2'],
  ['then all is done', WELL, { lost: ['slave2'], done: ['clone slave2'] }, 'done'],
])('%s', (_, servers, now, expected) => {
  expect(next(servers, now)).toBe(expected)
})

test('a lab that is well is asked once', async () => {
  const { place } = scene(WELL)
  let questions = 0
  const rows = async <Row>(node: LabNode, sql: string) => {
    if (!asksWho(sql)) return [] as readonly Row[]
    questions += 1
    return place.guest.rows<Row>(node, sql)
  }
  await rescue({ ...place, guest: { ...place.guest, rows } }, () => {})
  expect(questions).toBe(3) // three servers
})

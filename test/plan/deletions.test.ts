import { describe, expect, test } from 'vitest'
import type { Lab } from '../../src/lab.ts'
import { departures } from '../../src/plan/machines.ts'
import { onlyCopyOn } from '../../src/plan/only-copies.ts'
import { refusals } from '../../src/plan/refusals.ts'
import { testBackup, testLab, testMaster, testSlave } from '../support/lab.ts'
import { surveyOf, type Twist, told } from './scene.ts'

const lab = testLab()
const EVERYBODY = ['master', 'slave', 'backup']

const seenWith = (twist: Twist, wanted: Lab = lab) => surveyOf(lab, wanted, twist)

describe('an address that is merely absent', () => {
  test.each(EVERYBODY)('of %s is a network that is down, and no reason to delete', async (name) => {
    const seen = await seenWith({ cut: [name] })
    expect(departures(lab, seen)).toEqual({ moved: [], inTheWay: [], leaving: [] })
    expect(refusals(lab, seen)).toEqual([])
    const items = (await told(lab, lab, { cut: [name] })).filter((line) => !line.startsWith('write'))
    const { address } =
      [lab.master, ...lab.slaves, testBackup()].find((node) => node.name === name) ?? lab.master
    expect(items).toContain(
      `start ${name}: its network is down: ${address} is brought up, and nothing is deleted`,
    )
    expect(items.filter((line) => /^(recreate|remove|create)/.test(line))).toEqual([])
  })

  test('of all of them at once', async () => {
    const seen = await seenWith({ cut: EVERYBODY })
    expect(departures(lab, seen).moved).toEqual([])
    expect(refusals(lab, seen)).toEqual([])
  })

  test('is not told from a change where nobody knows what it was: then nothing is done', async () => {
    const seen = await seenWith({ cut: ['backup'], forgotten: true })
    expect(departures(lab, seen).moved).toEqual([])
    expect(refusals(lab, seen).map(({ node, text, hint }) => `${node}: ${text} → ${hint}`)).toEqual([
      'backup: nobody knows its address: it has only 172.17.0.2, and the files that were written last are gone → if it is to have 192.168.11.152, bring its network up: vagrant reload backup, then npx create-pg-lab up',
    ])
  })

  test('of existing servers is the business of their owner', async () => {
    const theirs = { ...lab, provider: 'ssh' } as const
    const seen = { ...(await seenWith({ cut: ['slave'] })), belongings: new Map() }
    expect(departures(theirs, seen).moved).toEqual([])
    expect(refusals(theirs, seen)).toMatchObject([
      { node: 'slave', hint: expect.stringContaining('if its network is down, bring it up there') },
    ])
  })
})

describe('another address', () => {
  const moved = { ...lab, slaves: [testSlave({ address: '192.168.11.77' })] }

  test('in the config than was written last is a move, answer or not', async () => {
    for (const twist of [{}, { silent: ['slave'] }, { cut: ['slave'] }]) {
      expect(departures(moved, await seenWith(twist, moved)).moved.map(({ name }) => name)).toEqual(['slave'])
    }
  })

  test('which the machine itself tells where nothing was written', async () => {
    const seen = await seenWith({ forgotten: true }, moved)
    expect(departures(moved, seen).moved.map(({ name }) => name)).toEqual(['slave'])
  })

  test('on the machine than config and files agree on is refused', async () => {
    const seen = await surveyOf(moved, lab)
    const former = { ...seen.former, nodes: (await surveyOf(lab, lab)).former.nodes }
    expect(departures(lab, { ...seen, former }).moved).toEqual([])
    expect(refusals(lab, { ...seen, former }).map(({ text }) => text)).toEqual([
      "it has 192.168.11.77 in the lab's network; the config, and the files that were written last, say 192.168.11.151",
    ])
  })
})

describe('what only one machine has', () => {
  const slave = testSlave()

  test('is not on a standby that streams', async () => {
    expect(onlyCopyOn(await seenWith({}), slave)).toBeUndefined()
  })

  test.each<readonly [string, Twist, string]>([
    ['that does not answer', { silent: ['slave'] }, 'it does not answer, so nobody knows what it holds'],
    [
      'that does not stream',
      { server: (server) => ({ ...server, is_streaming: false }) },
      'it does not stream, so it may hold what the primary does not have',
    ],
    [
      'whose PostgreSQL is stopped',
      { server: (server, { name }) => (name === 'slave' ? undefined : server) },
      'it does not stream, so it may hold what the primary does not have',
    ],
    ['of a primary that is away', { silent: ['master'] }, 'no primary answers that would have its data too'],
  ])('may be on a standby %s', async (_, twist, why) => {
    expect(onlyCopyOn(await seenWith(twist), slave)).toBe(why)
  })

  test('is on the backup host, and may be on one that left the config', async () => {
    expect(onlyCopyOn(await seenWith({}), testBackup())).toBe('it holds all backups')
    const without = { ...lab, backup: undefined, slaves: [] }
    const { leaving } = departures(without, await seenWith({}, without))
    expect(leaving.map(({ name }) => name).sort()).toEqual(['backup', 'slave'])
    const seen = await seenWith({}, without)
    expect(seen.gone.map((one) => onlyCopyOn(seen, one)).sort()).toEqual(['it holds all backups', undefined])
    const silent = await seenWith({ silent: ['slave'] }, without)
    expect(onlyCopyOn(silent, { name: 'slave', role: 'slave' })).toMatch(/does not answer/)
  })

  test('is the primary, wherever it is today', async () => {
    const moved = { ...lab, slaves: [testSlave({ address: '192.168.11.77' })], master: testMaster() }
    const seen = await seenWith({ primary: 'slave' }, moved)
    expect(refusals(moved, seen)).toMatchObject([
      { node: 'slave', text: expect.stringContaining('cannot become') },
    ])
  })
})

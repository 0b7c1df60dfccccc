import { describe, expect, it } from 'vitest'
import { DRILLS } from '../../src/drills/index.ts'
import type { Cast } from '../../src/drills/rehearsal/cast.ts'
import { writerHost } from '../../src/drills/rehearsal/writer.ts'
import { type Lab, postgresNodes } from '../../src/lab.ts'
import type { Text } from '../../src/report/drill-report.ts'
import { testLab, testSlave } from '../support/lab.ts'

const CYRILLIC = /[а-яё]/i

function castOf(lab: Lab, id: string, how: string | undefined): Cast {
  const drill = DRILLS.find((one) => one.id === id)
  const victim = drill?.victim(lab, lab.master, how)
  const writer = victim && writerHost(lab, lab.master, victim)
  if (!drill || !victim || !writer) throw new Error(`${id} has no cast`)
  return { primary: lab.master.name, victim: victim.name, writer: writer.name, how }
}

/** Each drill, in each of its ways. */
const WAYS = DRILLS.flatMap((drill) => {
  const hows = drill.hows.length > 0 ? drill.hows : [undefined]
  return hows.map((how) => ({ name: how ? `${drill.id} --how ${how}` : drill.id, id: drill.id, drill, how }))
})

describe.each(WAYS)('$name', ({ id, drill, how }) => {
  const lab = testLab()
  const cast = castOf(lab, id, how)
  const texts: readonly Text[] = [
    drill.title,
    drill.teaches,
    ...drill.intro(cast),
    ...drill.watch(cast),
    drill.promise(cast),
    ...drill.hints(cast, lab),
  ]

  it('has a name that can be typed', () => {
    expect(id).toMatch(/^[a-z]+(-[a-z]+)*$/)
    expect(['hint', 'check', 'repair']).not.toContain(id)
  })

  it('says everything in English and in Russian', () => {
    expect(texts.filter(({ en }) => en.trim() === '' || CYRILLIC.test(en))).toEqual([])
    expect(texts.filter(({ ru }) => !CYRILLIC.test(ru))).toEqual([])
  })

  it('introduces itself, says what to watch, and has hints', () => {
    expect(drill.intro(cast).length).toBeGreaterThan(0)
    expect(drill.watch(cast).length).toBeGreaterThan(0)
    expect(drill.hints(cast, lab).length).toBeGreaterThan(1)
  })

  it('has a command in its last hint, and no command hidden in the words', () => {
    expect(drill.hints(cast, lab).at(-1)?.type).toBeDefined()
    for (const { en, ru } of drill.hints(cast, lab)) expect(`${en} ${ru}`).not.toContain('create-pg-lab')
  })

  it('has one line in the list that fits a terminal', () => {
    expect(drill.teaches.en.length + id.length).toBeLessThan(110)
  })

  it('keeps the writer away from the host that has the bad day', () => {
    expect(cast.writer).not.toBe(cast.victim)
  })

  it('plays the default lab, and one with two slaves', () => {
    const slave2 = testSlave({ name: 'slave2', address: '192.168.11.153', slot: 'slave2_slot' })
    for (const one of [lab, testLab({ slaves: [...lab.slaves, slave2] })]) {
      expect(drill.refusal(one, how)).toBeUndefined()
    }
  })
})

describe('existing servers', () => {
  it('lose no power and no network: nobody could give it back', () => {
    const servers = testLab({ provider: 'ssh' })
    const refused = WAYS.filter(({ drill, how }) => drill.refusal(servers, how)).map(({ name }) => name)
    expect(refused).toEqual(['backup-outage', 'failover --how machine', 'failover --how network'])
  })
})

describe('the writer', () => {
  it('runs on the backup host, else on a slave, else on the primary', () => {
    const lab = testLab()
    const [slave] = lab.slaves
    const [master] = postgresNodes(lab)
    if (!slave || !master || !lab.backup) throw new Error('the default lab has all of them')
    expect(writerHost(lab, master, slave)?.name).toBe('backup')
    expect(writerHost(lab, master, lab.backup)?.name).toBe('slave')
    expect(writerHost({ ...lab, backup: undefined }, master, slave)?.name).toBe('master')
    expect(writerHost({ ...lab, backup: undefined, slaves: [] }, master, master)).toBeUndefined()
  })
})

it.each([
  [{ checksums: true, segment: 16 * 1024 ** 2 }, []],
  [{ checksums: false, segment: 16 * 1024 ** 2 }, ['corruption']],
  [{ checksums: true, segment: 64 * 1024 ** 2 }, ['disk-full']],
])('before anything is begun, a cluster made with %j is refused by %j', (choices, expected) => {
  const refused = DRILLS.filter(({ clusterRefusal }) => clusterRefusal?.(choices))
  expect(refused.map(({ id }) => id)).toEqual(expected)
})

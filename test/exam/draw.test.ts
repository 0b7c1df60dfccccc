import { describe, expect, it } from 'vitest'
import { runChecks } from '../../src/checks/index.ts'
import { drawFaults, generatorOf, goTogether } from '../../src/exam/draw.ts'
import { EXAM_FAULTS } from '../../src/exam/faults/index.ts'
import { findingOf, isRepaired } from '../../src/exam/score.ts'
import type { Finding } from '../../src/finding.ts'
import { recordedLab, scriptedGuest } from '../checks/scripted-guest.ts'
import { testBackup } from '../support/lab.ts'
import { faultsOfLab, labOfAll } from './lab.ts'

const SEEDS = Array.from({ length: 10_000 }, (_, seed) => seed)
const idsOf = (seed: number, count = 3, lab = labOfAll()) =>
  drawFaults(seed, count, faultsOfLab(lab)).map(({ id }) => id)

describe('the generator', () => {
  it('gives the same numbers everywhere', () => {
    const next = generatorOf(7)
    const numbers = [next(), next(), next()].map((number) => Math.floor(number * 2 ** 32))
    expect(numbers).toEqual([50271532, 266108690, 4195786334])
  })
})

describe('the draw of an exam', () => {
  const faults = faultsOfLab(labOfAll())

  it('is the same for a seed', () => {
    expect(idsOf(7)).toEqual(idsOf(7))
    expect(idsOf(7)).toMatchInlineSnapshot(`
      [
        "backup-unscheduled",
        "barman-without-rights",
        "slot-unused",
      ]
    `)
    expect(idsOf(8)).not.toEqual(idsOf(7))
  })

  it('has twenty faults and more to draw from', () => {
    expect(faults.length).toBeGreaterThanOrEqual(30)
  })

  it('draws for ten thousand seeds what goes together, and every fault for some', () => {
    const drawn = new Set<string>()
    const wrong: string[] = []
    for (const seed of SEEDS) {
      const [one, two, three] = drawFaults(seed, 3, faults)
      if (!one || !two || !three) throw new Error(`seed ${seed} draws too few`)
      for (const { id } of [one, two, three]) drawn.add(id)
      if (!goTogether(one, two) || !goTogether(one, three) || !goTogether(two, three)) wrong.push(`${seed}`)
    }
    expect(wrong).toEqual([])
    expect([...drawn].sort()).toEqual(faults.map(({ id }) => id).sort())
  })

  it('finds five for any of a thousand seeds', () => {
    for (const seed of SEEDS.slice(0, 1_000)) expect(drawFaults(seed, 5, faults)).toHaveLength(5)
  })

  it.each([
    ['two that break the same stream', 'slot-dropped', 'replica-password'],
    ['one that hides the other', 'standby-promoted', 'slot-left-behind'],
    ['a part of what the other takes whole', 'standby-stopped', 'replay-paused'],
    ['one that keeps the remedy of the other from ending', 'commits-wait', 'barman-superuser'],
    ['one whose restart would let the other take effect', 'small-buffers', 'waits-for-restart'],
    ['one that ends a stream, and one after which it does not come back', 'small-buffers', 'replay-paused'],
    ['a file that is not read, and a line in it', 'broken-line', 'weak-hashes'],
  ])('never draws %s', (_, one, other) => {
    const [first, second] = [one, other].map((id) => faults.find((fault) => fault.id === id))
    expect(first && second && goTogether(first, second)).toBe(false)
  })

  it.each([
    ['without a slave', labOfAll({ slaves: [] }), /standby|replica-|replay|slot-(dropped|unused)/],
    ['without Barman', labOfAll({ backup: undefined }), /barman|backup|cron|wal-|folder/],
    [
      'without TLS',
      labOfAll({ postgres: { ...labOfAll().postgres, tls: false } }),
      /tls|certificate|unchecked/,
    ],
    ['of containers', labOfAll(), /clock-ahead/],
    [
      'whose WAL is not compressed',
      labOfAll({ backup: testBackup({ compression: 'none' }) }),
      /uncompressed/,
    ],
  ])('draws for a lab %s what that can have', (_, lab, cannot) => {
    const ids = faultsOfLab(lab).map(({ id }) => id)
    expect(ids.filter((id) => cannot.test(id))).toEqual([])
    expect(idsOf(7, 3, lab)).toHaveLength(3)
  })

  it('sets the clocks of virtual machines', () => {
    expect(faultsOfLab(labOfAll({ provider: 'libvirt' })).map(({ id }) => id)).toContain('clock-ahead')
    expect(faultsOfLab(labOfAll({ provider: 'libvirt' }))).toHaveLength(EXAM_FAULTS.length)
  })
})

describe('exams on what a real lab answered', () => {
  const lab = recordedLab({ postgres: { ...recordedLab().postgres, tls: false } })
  const faults = faultsOfLab(lab)
  /** What is there only while it is broken, or only with settings that the recorded lab has not. */
  const UNRECORDED = ['slot-left-behind', 'standby-stopped', 'other-time-zone', 'little-memory']

  it('break what a check looks at, by its very name', async () => {
    const findings = await runChecks(lab, scriptedGuest())
    const unnamed = faults.filter(({ finding }) => findingOf(findings, finding) === undefined)
    expect(unnamed.map(({ id }) => id).filter((id) => !UNRECORDED.includes(id))).toEqual([])
  })

  it('can be solved in any order for fifty seeds, and none repairs another', async () => {
    const healthy = await runChecks(lab, scriptedGuest())
    for (const seed of SEEDS.slice(0, 50)) {
      const drawn = drawFaults(seed, 3, faults)
      const broken = (left: readonly string[]): readonly Finding[] => {
        const others = healthy.filter(({ check, node, what }) => !left.includes(`${check} ${node}: ${what}`))
        return [...others, ...left.map(findingThatFails)]
      }
      for (const order of [drawn, drawn.toReversed()]) {
        const left = order.map(({ finding }) => finding)
        for (const fault of order) {
          expect(isRepaired(broken(left), fault.finding)).toBe(false)
          left.splice(left.indexOf(fault.finding), 1)
          const wrong = order.filter(
            ({ finding }) => isRepaired(broken(left), finding) === left.includes(finding),
          )
          expect(wrong.map(({ id }) => id)).toEqual([])
        }
      }
    }
  })
})

function findingThatFails(name: string): Finding {
  const [, check = '', node = '', what = ''] = /^(\S+) (\S+): (.*)$/.exec(name) ?? []
  return { check, node, what, expected: '', observed: '', ok: false }
}

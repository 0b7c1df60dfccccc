import { describe, expect, it } from 'vitest'
import { type ExamFacts, isRepaired, scoreOf } from '../../src/exam/score.ts'
import type { Finding } from '../../src/finding.ts'

const WELL: ExamFacts = {
  faults: [1, 2, 3].map(() => ({ isRepaired: true, hints: 0 })),
  lateMinutes: 0,
  isDataKept: true,
  isTidy: true,
}

describe('the points of an exam', () => {
  it.each<readonly [string, Partial<ExamFacts>, number]>([
    ['all that there are for all repaired, in time, nothing lost', {}, 100],
    [
      'a third for one of three',
      { faults: [WELL.faults, false, false].map((one) => ({ isRepaired: one !== false, hints: 0 })) },
      33,
    ],
    ['a tenth of the fault less for each step of a hint', { faults: [{ isRepaired: true, hints: 3 }] }, 70],
    [
      'none of a fault back that was not repaired, whatever its hints',
      { faults: [{ isRepaired: false, hints: 3 }] },
      0,
    ],
    ['half of all less when an acknowledged row is lost', { isDataKept: false }, 50],
    ['one less for each minute over the time', { lateMinutes: 7 }, 93],
    ['ten less for a lab with something else wrong', { isTidy: false }, 90],
    ['never fewer than none', { isDataKept: false, lateMinutes: 90 }, 0],
  ])('are %s', (_, facts, points) => {
    expect(scoreOf({ ...WELL, ...facts }).points).toBe(points)
  })
})

describe('a fault', () => {
  const finding = (more: Partial<Finding> = {}): Finding => ({
    check: 'slots',
    node: 'master',
    what: 'slot slave_slot of slave',
    expected: 'physical, active',
    observed: 'physical, active',
    ok: true,
    ...more,
  })
  const name = 'slots master: slot slave_slot of slave'

  it.each<readonly [string, readonly Finding[], boolean]>([
    ['is repaired when what names it is well', [finding()], true],
    ['is not while it is not', [finding({ ok: false })], false],
    ['is repaired when what nobody wanted is gone', [finding({ what: 'slot barman of backup' })], true],
    [
      'is not when its check could not be asked',
      [finding({ ok: false, what: 'one primary to ask', unasked: 'primary' })],
      false,
    ],
    ['is not when its check did not run', [finding({ check: 'hba' })], false],
  ])('%s', (_, findings, expected) => {
    expect(isRepaired(findings, name)).toBe(expected)
  })
})

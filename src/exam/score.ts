import type { Finding } from '../finding.ts'

/** What an exam came to; points of 100. */
export interface ExamScore {
  readonly points: number
  /** Of each fault, in the order of the symptoms. */
  readonly faults: readonly number[]
  /** What was taken off besides hints. */
  readonly late: number
  readonly data: number
  readonly untidy: number
}

/** What is looked at when it is handed in. */
export interface ExamFacts {
  readonly faults: readonly { readonly isRepaired: boolean; readonly hints: number }[]
  /** Minutes over the time, begun ones counted. */
  readonly lateMinutes: number
  /** Every acknowledged row is there; `false` also where nobody could be asked. */
  readonly isDataKept: boolean
  /** Nothing else is wrong with the lab. */
  readonly isTidy: boolean
}

/** Part of a fault's points that each step of a hint costs. */
export const HINT_COSTS = 0.1
const LOSS_COSTS = 50
const LATE_MINUTE_COSTS = 1
const UNTIDY_COSTS = 10

export function scoreOf({ faults, lateMinutes, isDataKept, isTidy }: ExamFacts): ExamScore {
  const share = 100 / faults.length
  const earned = faults.map(({ isRepaired, hints }) => (isRepaired ? share * (1 - HINT_COSTS * hints) : 0))
  const late = lateMinutes * LATE_MINUTE_COSTS
  const data = isDataKept ? 0 : LOSS_COSTS
  const untidy = isTidy ? 0 : UNTIDY_COSTS
  const sum = earned.reduce((all, one) => all + one, 0) - late - data - untidy
  return { points: Math.max(0, Math.round(sum)), faults: earned.map(inTenths), late, data, untidy }
}

function inTenths(points: number): number {
  return Math.round(points * 10) / 10
}

/** `check node: what`. */
function nameOf({ check, node, what }: Finding): string {
  return `${check} ${node}: ${what}`
}

/** The finding that names a fault, good or bad. */
export function findingOf(findings: readonly Finding[], name: string): Finding | undefined {
  return findings.find((finding) => nameOf(finding) === name)
}

/**
 * A fault is repaired when what names it is well, or is no longer there (a slot that nobody wants), and its check could
 * be asked: silence proves nothing.
 */
export function isRepaired(findings: readonly Finding[], name: string): boolean {
  const check = name.slice(0, name.indexOf(' '))
  const own = findings.filter((finding) => finding.check === check)
  if (own.length === 0 || own.some(({ unasked }) => unasked !== undefined)) return false
  return findingOf(findings, name)?.ok !== false
}

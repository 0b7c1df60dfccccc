import type { ExamCast, ExamFault, PlannedFault, Thing } from './exam-fault.ts'

/** A fault of an exam. */
export interface DrawnFault extends PlannedFault, Pick<ExamFault, 'id' | 'area'> {}

/**
 * Numbers from 0 up to 1, the same for a seed on every computer: mulberry32 of Tommy Ettinger (public domain), which
 * counts in whole numbers of 32 bits. Its period is 2^32, which is plenty for an exam, and for nothing secret.
 */
export function generatorOf(seed: number): () => number {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** The faults that this lab can have. */
export function planFaults(faults: readonly ExamFault[], cast: ExamCast): readonly DrawnFault[] {
  return faults.flatMap(({ id, area, plan }) => {
    const planned = plan(cast)
    return planned ? [{ id, area, ...planned }] : []
  })
}

/** The same thing, or one is a part of the other. */
function overlap(one: Thing, other: Thing): boolean {
  return one === other || one.startsWith(`${other}/`) || other.startsWith(`${one}/`)
}

/** Neither breaks what the other breaks, or needs. */
export function goTogether(one: PlannedFault, other: PlannedFault): boolean {
  const spoils = (spoiler: PlannedFault, { touches, needs }: PlannedFault) =>
    spoiler.touches.some((thing) => [...touches, ...needs].some((its) => overlap(thing, its)))
  return !spoils(one, other) && !spoils(other, one)
}

/** Whoever begins badly begins again: not every first choice leaves room for the rest. */
const ROUNDS = 100

/**
 * Draws faults that go together, in an order that says nothing.
 * @returns as many as were asked for, or fewer where the lab has no more that go together
 */
export function drawFaults(
  seed: number,
  count: number,
  planned: readonly DrawnFault[],
): readonly DrawnFault[] {
  const next = generatorOf(seed)
  let most: readonly DrawnFault[] = []
  for (let round = 0; round < ROUNDS && most.length < count; round += 1) {
    const drawn: DrawnFault[] = []
    for (const fault of shuffled(planned, next)) {
      if (drawn.length < count && drawn.every((one) => goTogether(one, fault))) drawn.push(fault)
    }
    if (drawn.length > most.length) most = drawn
  }
  return most
}

/** Fisher and Yates. */
function shuffled<Item>(items: readonly Item[], next: () => number): readonly Item[] {
  const left = [...items]
  return items.flatMap(() => left.splice(Math.floor(next() * left.length), 1))
}

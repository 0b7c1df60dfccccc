import { expect, test } from 'vitest'
import { askUntil } from '../../../src/tools/process/ask-until.ts'

/** Answers 1, 2, 3 … */
function counter(): () => number {
  let count = 0
  return () => {
    count += 1
    return count
  }
}

test('the first answer that is good ends it', async () => {
  const limits = { everyMs: 1, withinMs: 60_000 }
  expect(await askUntil(counter(), (count) => count === 3, limits)).toBe(3)
})

test('the last one counts when the time is up, and one is asked for in any case', async () => {
  expect(await askUntil(counter(), () => false, { everyMs: 1, withinMs: 0 })).toBe(1)
})

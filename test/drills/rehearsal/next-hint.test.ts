import { expect, test } from 'vitest'
import type { Hint } from '../../../src/drills/drill.ts'
import { nextHint } from '../../../src/drills/rehearsal/next-hint.ts'
import type { Survey } from '../../../src/observe/status.ts'

const ask = (en: string): Hint => ({ en, ru: en })
const act = (en: string, more: Partial<Hint> = {}): Hint => ({
  ...ask(en),
  isDone: (seen) => (seen as unknown as readonly string[]).includes(en),
  ...more,
})
const HINTS = [
  ask('who?'),
  act('promote'),
  ask('and the old one?'),
  act('rejoin'),
  act('back', { optional: true }),
]
const seen = (...done: readonly string[]) => done as unknown as Survey

test.each([
  ['nothing is done, nothing was shown', 0, [], 0],
  ['a step is shown again until it is done', 5, [], 1],
  ['what is done is passed over, with its question', 0, ['promote'], 2],
  ['a question that was shown is not asked again', 3, ['promote'], 3],
  ['only what one may do is left', 3, ['promote', 'rejoin'], 4],
  ['all is said', 5, ['promote', 'rejoin'], undefined],
  ['a later step that was done does not hide one before it', 0, ['rejoin'], 0],
] as const)('%s', (_, shown, done, next) => {
  expect(nextHint(HINTS, shown, seen(...done))).toBe(next)
})

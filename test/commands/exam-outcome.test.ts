import { expect, it } from 'vitest'
import { repairedSeenMs } from '../../src/commands/exam/outcome.ts'
import type { ExamNote } from '../../src/exam/seal.ts'

const look = (atMs: number, ...repaired: string[]): ExamNote => ({ atMs, repaired })
const typed: ExamNote = { atMs: 1_500, typed: 'provision', exitCode: 0 }

it.each<readonly [string, readonly ExamNote[], number | undefined]>([
  ['nothing where nobody looked', [typed], undefined],
  ['nothing while it was broken', [look(1_100), typed], undefined],
  [
    'the first verify that found it so',
    [look(1_100), typed, look(1_800, 'hba-trust'), look(1_900, 'hba-trust')],
    800,
  ],
  [
    'the one after it was broken again',
    [look(1_200, 'hba-trust'), look(1_300), look(1_700, 'hba-trust')],
    700,
  ],
])('is known of a repair: %s', (_, notes, expected) => {
  expect(repairedSeenMs({ notes, startedMs: 1_000 }, 'hba-trust')).toBe(expected)
})

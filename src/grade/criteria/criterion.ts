import type { Runner } from '../../tools/runner.ts'
import type { Code } from '../code.ts'
import type { GradeWords, StaticId } from '../grade-words.ts'
import type { History } from '../history.ts'
import type { Submission } from '../submission.ts'

/** What a criterion is given: a hand-in that was read, and the words of the student's language. */
export interface Desk {
  readonly submission: Submission
  readonly code: Code
  readonly history: History
  readonly words: GradeWords
  readonly run: Runner
}

/** What was seen of one thing that is asked. */
export interface Judged {
  /** `unasked`: there was nothing to ask, or nobody who could tell; such points are out of the sum. */
  readonly outcome: 'met' | 'failed' | 'unasked'
  /** A sentence each, with its place in the hand-in. */
  readonly seen: readonly string[]
  /** Shows the same to a person, in the hand-in's folder. */
  readonly command: string
}

/** Something a task asks for, that can be seen in the files of a hand-in. Nothing of them is run. */
export interface Criterion {
  readonly id: StaticId
  judge(desk: Desk): Judged | Promise<Judged>
}

/** Every fault is told; without one it is met, and `seen` says by what. */
export function byFaults(
  faults: readonly string[],
  { seen, command }: { readonly seen: readonly string[]; readonly command: string },
): Judged {
  const outcome = faults.length === 0 ? 'met' : 'failed'
  return { outcome, seen: outcome === 'met' ? seen : faults.slice(0, MOST_FAULTS), command }
}

/** A fault that is repeated a thousand times is the same fault. */
const MOST_FAULTS = 12

export function unasked(why: string, command: string): Judged {
  return { outcome: 'unasked', seen: [why], command }
}

import type { Runner } from '../tools/runner.ts'
import { readCode } from './code.ts'
import type { Judged } from './criteria/criterion.ts'
import { CRITERIA } from './criteria/index.ts'
import type { CriterionId, StaticId } from './grade-words.ts'
import { readHistory } from './history.ts'
import type { LiveAnswers } from './live/live.ts'
import { type AskedCriterion, GRADE_WORDS, type Rubric } from './rubric.ts'
import { type Fingerprint, fingerprintOf } from './similar.ts'
import { readSubmission, type Submission } from './submission.ts'

/** What a hand-in is given for one criterion. */
export interface SheetMark extends AskedCriterion, Judged {
  readonly got: number
}

/** A hand-in, graded. */
export interface Sheet {
  /** Whose it is: the name of its folder. */
  readonly name: string
  readonly folder: string
  readonly marks: readonly SheetMark[]
  readonly points: number
  /** Of all that could be asked here. */
  readonly of: number
  readonly notRead: Submission['notRead']
}

/**
 * Grades one hand-in by its files, of which nothing is followed or run.
 * @param askMachines runs it, and asks its machines; without it what is asked of machines is left out
 * @returns its sheet, and what other hand-ins are compared with
 */
export async function gradeSubmission(
  { name, folder }: Pick<Submission, 'name' | 'folder'>,
  rubric: Rubric,
  run: Runner,
  askMachines?: (submission: Submission) => Promise<LiveAnswers>,
): Promise<{ readonly sheet: Sheet; readonly fingerprint: Fingerprint }> {
  const submission = { ...readSubmission(folder), name }
  const history = await readHistory(folder, run)
  const desk = { submission, history, code: readCode(submission), words: GRADE_WORDS[rubric.language], run }
  const marks: SheetMark[] = []
  for (const asked of rubric.asked) {
    if (isStatic(asked.id)) marks.push(markOf(asked, await CRITERIA[asked.id].judge(desk)))
  }
  const live = await askMachines?.(submission)
  for (const asked of live ? rubric.asked : []) {
    if (!isStatic(asked.id) && live) marks.push(markOf(asked, live[asked.id]))
  }
  const counted = marks.filter(({ outcome }) => outcome !== 'unasked')
  const sheet = {
    name,
    folder,
    marks,
    points: sum(counted.map(({ got }) => got)),
    of: sum(counted.map(({ points }) => points)),
    notRead: submission.notRead,
  }
  return { sheet, fingerprint: fingerprintOf(desk) }
}

function isStatic(id: CriterionId): id is StaticId {
  return id in CRITERIA
}

function markOf(asked: AskedCriterion, judgement: Judged): SheetMark {
  return { ...asked, ...judgement, got: judgement.outcome === 'met' ? asked.points : 0 }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0)
}

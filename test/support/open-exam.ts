import type { OpenExam } from '../../src/exam/seal.ts'

/** An exam of two faults that has just begun. */
export const OPEN_EXAM: OpenExam = {
  seed: 7,
  count: 2,
  minutes: 60,
  primary: 'master',
  drawn: ['slot-dropped', 'hba-trust'],
  begun: 2,
  startedMs: Date.now(),
  rows: ['invoice 1'],
  hints: {},
}

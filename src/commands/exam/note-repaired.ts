import { isRepaired } from '../../exam/score.ts'
import { noteForExam } from '../../exam/seal.ts'
import type { Finding } from '../../finding.ts'
import type { Session } from '../shared/session.ts'
import { openExam, placeOfExam } from './under-way.ts'

/** A `verify` during an exam: which of its faults it found repaired. Whoever runs it is told nothing of that. */
export function noteRepaired(session: Session, findings: readonly Finding[]): void {
  const { faults = [] } = openExam(session) ?? {}
  const repaired = faults.filter(({ finding }) => isRepaired(findings, finding)).map(({ id }) => id)
  noteForExam(placeOfExam(session), { atMs: Date.now(), repaired })
}

import { runChecks } from '../../checks/index.ts'
import type { Drill, Stage } from '../../drills/drill.ts'
import type { Finding } from '../../finding.ts'
import type { Note } from '../../tasks/index.ts'
import type { Session } from '../shared/session.ts'
import { untilGreen } from '../steps/verify.ts'

/** Barman's cron runs once a minute, and some checks look at what it did. */
const GREEN_WITHIN_MS = 180_000

/** All that the checks and the drill itself see now. */
export async function lookNow(
  { lab, guest }: Session,
  stage: Stage,
  drill: Drill,
): Promise<readonly Finding[]> {
  const [findings, own] = await Promise.all([runChecks(lab, guest), drill.remains?.(stage) ?? []])
  return [...findings, ...own]
}

/** @throws FailedFindings */
export function verifyUntilGreen(session: Session, stage: Stage, drill: Drill, note: Note): Promise<string> {
  return untilGreen(() => lookNow(session, stage, drill), { withinMs: GREEN_WITHIN_MS, note })
}

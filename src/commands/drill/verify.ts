import { runChecks } from '../../checks/index.ts'
import type { Drill, Stage } from '../../drills/drill.ts'
import type { Finding } from '../../finding.ts'
import { countChecks } from '../../show.ts'
import type { Note } from '../../tasks/index.ts'
import { askUntil } from '../../tools/process/ask-until.ts'
import type { Session } from '../shared/session.ts'
import { FailedFindings } from '../steps/verify.ts'

/** Barman's cron runs once a minute, and some checks look at what it did. */
const GREEN_WITHIN_MS = 180_000
const EVERY_MS = 2_000

/** All that the checks and the drill itself see now. */
export async function lookNow(
  { lab, guest }: Session,
  stage: Stage,
  drill: Drill,
): Promise<readonly Finding[]> {
  const [findings, own] = await Promise.all([runChecks(lab, guest), drill.remains?.(stage) ?? []])
  return [...findings, ...own]
}

/** Looks again until all is as asked: what has just been started may need a moment. @throws FailedFindings */
export async function verifyUntilGreen(
  session: Session,
  stage: Stage,
  drill: Drill,
  note: Note,
): Promise<string> {
  const look = async () => {
    const findings = await lookNow(session, stage, drill)
    const failed = findings.find(({ ok }) => !ok)
    if (failed) note(`${failed.node}: ${failed.what}`)
    return findings
  }
  const isGreen = (findings: readonly Finding[]) => findings.every(({ ok }) => ok)
  const findings = await askUntil(look, isGreen, { everyMs: EVERY_MS, withinMs: GREEN_WITHIN_MS })
  if (isGreen(findings)) return `${countChecks(findings.length)} passed`
  throw new FailedFindings(findings)
}

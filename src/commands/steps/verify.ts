import { runChecks } from '../../checks/index.ts'
import type { Finding } from '../../finding.ts'
import { countChecks } from '../../show-findings.ts'
import type { Note, Task } from '../../tasks/index.ts'
import { askUntil } from '../../tools/process/ask-until.ts'
import type { Session } from '../shared/session.ts'

/** The cluster is not what the config asks for; the findings say what is wrong. */
export class FailedFindings extends Error {
  readonly findings: readonly Finding[]

  constructor(findings: readonly Finding[]) {
    super('The cluster is not what the config asks for')
    this.name = 'FailedFindings'
    this.findings = findings
  }
}

/** Every check. @throws FailedFindings */
export function verifyCluster({ lab, guest }: Session): Task {
  return {
    title: 'Verify',
    run: async (progress) => {
      return judged(await runChecks(lab, guest, { onCheck: ({ title }) => progress.note(title) }))
    },
  }
}

/** @returns how many there are @throws FailedFindings */
export function judged(findings: readonly Finding[]): string {
  if (findings.some(({ ok }) => !ok)) throw new FailedFindings(findings)
  return `${countChecks(findings.length)} passed`
}

const EVERY_MS = 2_000

/**
 * Looks again until all is as asked: what has just been started may need a moment.
 * @param look at everything that is asked
 * @returns how many there are
 * @throws FailedFindings
 */
export async function untilGreen(
  look: () => Promise<readonly Finding[]>,
  { withinMs, note }: { readonly withinMs: number; readonly note: Note },
): Promise<string> {
  const lookAndTell = async () => {
    const findings = await look()
    const failed = findings.find(({ ok }) => !ok)
    if (failed) note(`${failed.node}: ${failed.what}`)
    return findings
  }
  const isGreen = (findings: readonly Finding[]) => findings.every(({ ok }) => ok)
  return judged(await askUntil(lookAndTell, isGreen, { everyMs: EVERY_MS, withinMs }))
}

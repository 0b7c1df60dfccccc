import { runChecks } from '../../checks/index.ts'
import type { Finding } from '../../finding.ts'
import { countChecks } from '../../show.ts'
import type { Task } from '../../tasks/index.ts'
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

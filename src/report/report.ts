import type { Finding } from '../finding.ts'
import type { Lab } from '../lab.ts'
import type { CopiedFile } from '../observe/copied-files.ts'
import type { LagSample } from '../observe/lag.ts'
import type { NodeState, Survey } from '../observe/status.ts'
import type { Section, TranscriptStep } from '../observe/transcript.ts'
import type { DrillReport } from './drill-report.ts'

/** A check with all it found. */
export interface CheckReport {
  readonly id: string
  readonly title: string
  readonly findings: readonly Finding[]
}

/** What a short load did to the standbys. */
export interface LoadReport {
  /** Transactions a second, as asked for. */
  readonly rate: number
  readonly seconds: number
  readonly transactions: number
  readonly samples: readonly LagSample[]
}

/** Everything a report says, before it has a language and a form. */
export interface Report {
  readonly lab: string
  readonly database: string
  /** When the first server was asked; ISO 8601. */
  readonly at: string
  /** Name and version of what took part. */
  readonly versions: readonly (readonly [name: string, version: string])[]
  /** The config the lab was made from. */
  readonly config: { readonly file: string; readonly sha256: string }
  readonly checks: readonly CheckReport[]
  readonly survey: Survey
  readonly sections: readonly Section[]
  readonly files: readonly CopiedFile[]
  /** `undefined` when there was no primary to put a load on. */
  readonly load: LoadReport | undefined
  /** Drills that were run in this lab, the newest first. */
  readonly drills: readonly DrillReport[]
}

/** What the whole of it comes to. */
export interface Verdict {
  readonly ok: boolean
  readonly findings: number
  readonly failed: number
  /** Commands that did not do what they are there to show. */
  readonly brokenSteps: number
}

export function verdictOf({ checks, sections }: Pick<Report, 'checks' | 'sections'>): Verdict {
  const findings = checks.flatMap((check) => check.findings)
  const failed = findings.filter(({ ok }) => !ok).length
  const brokenSteps = sections.flatMap(({ steps }) => steps).filter(({ ok }) => !ok).length
  return { ok: failed === 0 && brokenSteps === 0, findings: findings.length, failed, brokenSteps }
}

/** A command and the findings about the same thing on the same node, found by checks of their own. */
export function findingsOf({ checks }: Report, step: TranscriptStep): readonly Finding[] {
  const chosen = checks.filter(({ id }) => step.checks.includes(id))
  return chosen.flatMap(({ findings }) => findings.filter(({ node }) => node === step.node))
}

/** Did the command do what it should, and is what it shows as the config asks? */
export function isStepOk(report: Report, step: TranscriptStep): boolean {
  return step.ok && findingsOf(report, step).every(({ ok }) => ok)
}

/** Versions of the program, the servers and Barman, each once. */
export function versionsOf(
  lab: Lab,
  nodes: readonly NodeState[],
  others: readonly (readonly [name: string, version: string])[],
): Report['versions'] {
  const servers = [...new Set(nodes.flatMap(({ version }) => version ?? []))]
  return [['PostgreSQL', servers.join(', ') || String(lab.postgres.version)], ...others]
}

/** `2026-11-22 17:55:01 UTC`. */
export function timeOf(iso: string): string {
  return `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`
}

/** The worst of each standby over the samples of a load. */
export function worstLags(
  samples: readonly LagSample[],
): readonly { readonly name: string; readonly bytes: number; readonly seconds: number }[] {
  const names = [...new Set(samples.flatMap(({ lags }) => Object.keys(lags)))]
  return names.map((name) => {
    const lags = samples.flatMap((sample) => sample.lags[name] ?? [])
    return {
      name,
      bytes: Math.max(...lags.map(({ bytes }) => bytes)),
      seconds: Math.max(...lags.map(({ seconds }) => seconds)),
    }
  })
}

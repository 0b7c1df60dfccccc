import { createHash } from 'node:crypto'
import type { Finding } from '../finding.ts'
import type { Lab } from '../lab.ts'
import type { CopiedFile } from '../observe/copied-files.ts'
import type { LagSample } from '../observe/lag.ts'
import type { NodeState, Survey } from '../observe/status.ts'
import type { Section, TranscriptStep } from '../observe/transcript.ts'
import type { Words } from '../words/index.ts'
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

/** Who hands it in, for which task; what nobody said is left out. */
export interface HandIn {
  readonly author?: string | undefined
  readonly group?: string | undefined
  readonly task?: string | undefined
}

/** What the lab was made of. */
export interface Provenance {
  readonly config: { readonly file: string; readonly sha256: string }
  /** Of all files under `provisioning/`, with their names. */
  readonly roles: { readonly sha256: string }
  /** Of the lab's folder; `undefined` where it is in no git repository. */
  readonly commit: { readonly id: string; readonly isDirty: boolean } | undefined
  /** Generated files that were edited since, each with its unified diff. */
  readonly edits: readonly { readonly path: string; readonly patch: string }[]
}

/** Everything a report says, before it has a language and a form. */
export interface Report {
  readonly lab: string
  /** When the first server was asked; ISO 8601. */
  readonly at: string
  /** Name and version of what took part. */
  readonly versions: readonly (readonly [name: string, version: string])[]
  /** The servers were only asked: no row, no backup, no load. */
  readonly isReadOnly: boolean
  readonly handIn: HandIn
  readonly provenance: Provenance
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

/** The head of the report: each fact with its name, in order. `isCode`: an identifier, to be copied. */
export function factsOf(
  { handIn, at, versions, provenance }: Report,
  words: Words,
): readonly { readonly name: string; readonly value: string; readonly isCode?: true }[] {
  const { config, roles, commit, edits } = provenance
  const said = (['author', 'group', 'task'] as const).flatMap((key) => {
    const value = handIn[key]
    return value ? [{ name: words.facts[key], value }] : []
  })
  const dirty = commit?.isDirty ? `, ${words.dirty}` : ''
  return [
    ...said,
    { name: words.facts.time, value: timeOf(at) },
    ...versions.map(([name, value]) => ({ name, value })),
    { name: words.facts.config, value: `${config.file} ${config.sha256}`, isCode: true },
    { name: words.facts.roles, value: roles.sha256, isCode: true },
    ...(commit ? [{ name: words.facts.commit, value: `${commit.id}${dirty}` }] : []),
    { name: words.facts.edits, value: words.countEdits(edits.length) },
  ]
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

/** Of the names and contents of all files of a folder, in any order. */
export function filesDigest(files: readonly { readonly name: string; readonly sha256: string }[]): string {
  const lines = files.map(({ name, sha256: content }) => [name, `${content}  ${name}\n`] as const)
  return sha256(
    lines
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, line]) => line)
      .join(''),
  )
}

export function sha256(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex')
}

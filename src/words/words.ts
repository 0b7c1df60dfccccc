import type { StepId } from '../observe/transcript-steps.ts'
import type { Language } from './languages.ts'

/** Every word of a report that is not a server's own. */
export interface Words {
  /** BCP 47. */
  readonly language: Language
  readonly title: (lab: string) => string
  /** First line of the Markdown file, inside a comment. */
  readonly origin: string
  readonly allWell: (findings: number) => string
  readonly someFailed: (failed: number, findings: number) => string
  readonly commandsFailed: (count: number) => string
  readonly countFindings: (count: number) => string
  readonly wellFindings: (count: number) => string
  readonly failedFindings: (failed: number, count: number) => string
  readonly facts: {
    readonly time: string
    readonly config: string
    readonly sha256: string
  }
  readonly topology: string
  readonly topologyWords: string
  readonly roles: Readonly<Record<'primary' | 'standby' | 'barman' | 'backup' | 'unknown', string>>
  readonly columns: {
    readonly node: string
    readonly address: string
    readonly role: string
    readonly state: string
    readonly timeline: string
    readonly lsn: string
    readonly lag: string
    readonly slot: string
    readonly check: string
    readonly findings: string
    readonly file: string
  }
  readonly onTimeline: (timeline: number) => string
  readonly commandFailed: string
  readonly commandDone: string
  readonly expected: string
  readonly asAbove: string
  readonly observed: string
  readonly steps: Readonly<Record<StepId, { readonly title: string; readonly why: string }>>
  readonly checks: string
  readonly checksWords: string
  /** Titles of the checks by id; those left out keep their own. */
  readonly checkTitles: Readonly<Record<string, string>>
  readonly lag: string
  readonly lagWords: (rate: number, seconds: number, transactions: number) => string
  readonly secondsAxis: string
  readonly atMost: (size: string, seconds: string) => string
  readonly noLag: string
  readonly drills: string
  readonly drillsWords: string
  readonly files: string
  readonly filesWords: string
  readonly page: (link: string) => string
  readonly contents: string
}

import type { StepId } from '../observe/transcript-steps.ts'
import type { Language } from './languages.ts'

/** Every word of a report that is not a server's own. */
export interface Words {
  /** BCP 47. */
  readonly language: Language
  /** What checks, servers and drills say in English, in this language; what it does not know it leaves as it is. */
  readonly tell: (text: string) => string
  /** `45.6 MB`. */
  readonly size: (bytes: number) => string
  /** `2.5 s`, `7 min`. */
  readonly span: (seconds: number) => string
  /** Milliseconds as seconds, in tenths: `12.3 s`. */
  readonly seconds: (ms: number) => string
  readonly title: (lab: string) => string
  /** First line of the Markdown file, inside a comment. */
  readonly origin: string
  /** The servers were only asked. */
  readonly readOnly: string
  readonly allWell: (findings: number) => string
  readonly someFailed: (failed: number, findings: number) => string
  readonly commandsFailed: (count: number) => string
  readonly countFindings: (count: number) => string
  readonly wellFindings: (count: number) => string
  readonly failedFindings: (failed: number, count: number) => string
  readonly facts: {
    readonly author: string
    readonly group: string
    readonly task: string
    readonly time: string
    readonly config: string
    readonly roles: string
    readonly commit: string
    readonly edits: string
  }
  /** Beside a commit, when something was changed after it. */
  readonly dirty: string
  readonly countEdits: (count: number) => string
  readonly edits: string
  readonly editsWords: string
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
  /** Of a drill's page, and of its part of the report. */
  readonly drill: {
    readonly origin: string
    readonly happened: string
    readonly figures: string
    readonly lessons: string
    readonly after: string
    readonly step: string
    readonly took: string
    readonly what: string
    readonly value: string
    readonly parts: Readonly<Record<'disaster' | 'repair', string>>
    readonly picture: string
    readonly lab: string
    readonly time: string
    readonly page: string
  }
  /** In the picture of a drill. */
  readonly course: {
    readonly name: string
    readonly writes: string
    readonly lag: string
    readonly close: (stepMs: number) => string
    readonly seconds: string
    readonly outage: string
    readonly outageFor: (length: string) => string
    readonly unprotected: string
    readonly atMost: (size: string) => string
  }
  readonly files: string
  readonly filesWords: string
  readonly page: (link: string) => string
  readonly contents: string
}

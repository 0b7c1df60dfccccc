import type { Language } from '../words/languages.ts'
import type { NotRead } from './submission.ts'

/** What is asked of a hand-in's files, in the order of the sheet. */
export const STATIC_IDS = [
  'files',
  'vagrantfile',
  'playbook',
  'slot',
  'recoveryConf',
  'trust',
  'superuser',
  'secrets',
  'report',
  'edits',
  'lint',
] as const

/** What is asked of machines that run, after their files. */
export const LIVE_IDS = ['up', 'streams', 'row', 'readOnly', 'barman', 'backup', 'again'] as const
export type LiveId = (typeof LIVE_IDS)[number]
export type StaticId = (typeof STATIC_IDS)[number]
export type CriterionId = StaticId | LiveId
export const CRITERIA_IDS: readonly CriterionId[] = [...STATIC_IDS, ...LIVE_IDS]

/** Parts of the task that lie in files. */
export type AskedFile = 'readme' | 'vagrantfile' | 'playbook' | 'settings' | 'hba' | 'backup'

/** Every word of a sheet that is not a hand-in's own. */
export interface GradeWords {
  readonly language: Language
  readonly title: string
  readonly intro: string
  /** In place of it, where machines ran. */
  readonly liveIntro: string
  /** What is done with the machines of a hand-in now. */
  readonly live: Readonly<Record<'up' | 'look' | 'again' | 'known', string>>
  readonly columns: Readonly<
    Record<'student' | 'points' | 'faults' | 'asked' | 'expected' | 'observed' | 'proof', string>
  >
  readonly points: (points: number, of: number) => string
  readonly outcomes: Readonly<Record<'met' | 'failed' | 'unasked', string>>
  readonly noFaults: string
  readonly similar: string
  readonly similarIntro: string
  readonly likeness: {
    readonly secret: string
    readonly system: string
    readonly transcript: string
    readonly commit: string
    readonly lines: (percent: number) => string
  }
  readonly notRead: string
  readonly why: Readonly<Record<NotRead, string>>
  readonly criteria: Readonly<Record<CriterionId, { readonly asked: string; readonly expected: string }>>
  readonly seen: {
    readonly there: Readonly<Record<AskedFile, (path: string) => string>>
    readonly missing: Readonly<Record<AskedFile, string>>
    readonly reads: (path: string) => string
    readonly cannotBeRead: (place: string, why: string) => string
    readonly noVagrantfile: string
    readonly noRuby: string
    readonly noYaml: string
    readonly yamlFiles: (count: number) => string
    readonly slotMade: (name: string, place: string) => string
    readonly slotUsed: (name: string, place: string) => string
    readonly slotNotMade: string
    readonly slotNotUsed: (made: string) => string
    readonly slotEmpty: (place: string) => string
    readonly slotsDiffer: (used: string, made: string) => string
    readonly recoveryConf: (place: string, version: number) => string
    readonly noRecoveryConf: string
    readonly versionUnknown: (place: string) => string
    readonly mayHaveRecoveryConf: (version: number) => string
    readonly trust: (place: string, line: string) => string
    readonly noTrust: string
    readonly superuser: (place: string, role: string) => string
    readonly logsInAsPostgres: (place: string) => string
    readonly noSuperuser: string
    readonly secret: (place: string) => string
    readonly secretKey: (place: string) => string
    readonly noSecret: (files: number) => string
    readonly noSecretInHistory: (commits: number, files: number) => string
    readonly noGit: string
    readonly noReport: string
    readonly brokenReport: string
    readonly otherConfig: (file: string) => string
    readonly otherRoles: string
    readonly otherCommit: (id: string) => string
    readonly otherSystems: (ids: string) => string
    readonly noRow: (node: string) => string
    readonly noSystem: string
    readonly ownReport: (at: string, system: string) => string
    readonly notGenerated: string
    readonly noEdits: (files: number) => string
    readonly noLint: string
    readonly lintRisk: (path: string) => string
    readonly noLintFinding: string
    readonly edited: (path: string) => string
    readonly machines: (names: string) => string
    readonly notUp: string
    readonly noRoom: string
    readonly notDeleted: (place: string) => string
    readonly saysNothing: string
    readonly servers: (primaries: string, standbys: string) => string
    readonly streams: (name: string, slot: string) => string
    readonly streamsNot: (name: string) => string
    readonly nobodyToRead: string
    readonly noWrite: (name: string) => string
    readonly rowCame: (name: string) => string
    readonly rowMissing: (name: string) => string
    readonly readOnly: (name: string) => string
    readonly writes: (name: string) => string
    readonly answersNot: (name: string) => string
    readonly noBarman: string
    readonly checkOk: (server: string) => string
    readonly backupOk: (server: string) => string
    readonly changed: (count: number) => string
  }
  /** What the program says on the terminal. */
  readonly summary: (count: number, folder: string) => string
}

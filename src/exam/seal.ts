import { createHash } from 'node:crypto'
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import { deflateRawSync, inflateRawSync } from 'node:zlib'
import { UserError } from '../errors.ts'

/** An exam that has begun and was not handed in. */
export interface OpenExam {
  readonly seed: number
  /** How many faults, and how long it lasts. */
  readonly count: number
  readonly minutes: number
  /** Name of the server that was the primary. */
  readonly primary: string
  /** Ids, in the order of the symptoms. */
  readonly drawn: readonly string[]
  /** How many of them have been begun with; written before each. */
  readonly begun: number
  /** ms since 1970; `undefined` while it is being set. */
  readonly startedMs: number | undefined
  /** Rows whose commit was acknowledged. */
  readonly rows: readonly string[]
  /** Steps of hints that were given, by id. */
  readonly hints: Readonly<Record<string, number>>
}

/** What happened during an exam, as far as it went through this program. */
export type ExamNote =
  | { readonly atMs: number; readonly typed: string; readonly exitCode: number }
  /** A run of `verify` that found these repaired. */
  | { readonly atMs: number; readonly repaired: readonly string[] }

/** Where exams of a lab are kept: not in its folder, which the examinee looks at. */
export interface ExamPlace {
  /** The lab's folder. */
  readonly directory: string
  readonly env: NodeJS.ProcessEnv
}

/**
 * Reads what was sealed. Compressed and in base64, nothing of it is read by the way; it is no encryption, and whoever
 * wants to cheat can.
 * @throws UserError when it was changed
 */
export function readExam(place: ExamPlace): OpenExam | undefined {
  const file = fileOf(place, 'seal')
  if (!hasExam(place)) return undefined
  const [sum, body = ''] = readFileSync(file, 'utf8').split('\n')
  if (sum !== sumOf(body)) {
    throw new UserError(`The sealed exam of this lab was changed: ${file}`, {
      hint: 'it is lost; delete that file, and see how the lab is: npx create-pg-lab verify',
    })
  }
  return JSON.parse(inflateRawSync(Buffer.from(body, 'base64')).toString()) as OpenExam
}

/** All of the file or the old one: we may be killed at any moment. */
export function sealExam(place: ExamPlace, exam: OpenExam): void {
  const file = fileOf(place, 'seal')
  mkdirSync(folderOf(place.env), { recursive: true, mode: 0o700 })
  const body = deflateRawSync(JSON.stringify(exam)).toString('base64')
  writeFileSync(`${file}.new`, `${sumOf(body)}\n${body}\n`, { mode: 0o600 })
  renameSync(`${file}.new`, file)
}

/** It was handed in, or the lab is back at a moment before it. */
export function forgetExam(place: ExamPlace): void {
  for (const kind of ['seal', 'notes'] as const) rmSync(fileOf(place, kind), { force: true })
}

/** Asked by every command: it reads nothing. */
export function hasExam(place: ExamPlace): boolean {
  return existsSync(fileOf(place, 'seal'))
}

/** Notes something; nothing where no exam is under way. */
export function noteForExam(place: ExamPlace, note: ExamNote): void {
  if (!hasExam(place)) return
  appendFileSync(fileOf(place, 'notes'), `${JSON.stringify(note)}\n`, { mode: 0o600 })
}

export function readExamNotes(place: ExamPlace): readonly ExamNote[] {
  const file = fileOf(place, 'notes')
  if (!existsSync(file)) return []
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean)
  return lines.map((line) => JSON.parse(line) as ExamNote)
}

function sumOf(body: string): string {
  return createHash('sha256').update(body).digest('hex')
}

function folderOf({ XDG_STATE_HOME: given = '' }: NodeJS.ProcessEnv): string {
  const state = isAbsolute(given) ? given : join(homedir(), '.local', 'state') // as the XDG specification says
  return join(state, 'create-pg-lab', 'exams')
}

function fileOf({ directory, env }: ExamPlace, kind: 'seal' | 'notes'): string {
  const lab = createHash('sha256').update(realpathSync(directory)).digest('hex').slice(0, 16)
  return join(folderOf(env), `${lab}.${kind}`)
}

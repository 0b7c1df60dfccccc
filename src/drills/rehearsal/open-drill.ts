import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { LAB_FILES } from '../../lab-files.ts'
import type { StepReport } from '../../report/drill-report.ts'
import { identityOf } from '../../tools/process/groups.ts'
import type { Cast } from './cast.ts'

/** A drill that has begun and not ended. */
export interface OpenDrill {
  readonly drill: string
  readonly cast: Cast
  /** ms since 1970. */
  readonly startedMs: number
  /** `undefined` while nothing has been broken yet. */
  readonly disasterMs: number | undefined
  /** Who runs it; of a drill that was left for repair by hand, or was killed, the process is gone. */
  readonly pid: number
  /** What tells that process from a later one of the same number. */
  readonly identity: string
  /** What it was at. */
  readonly step: string
  /** It stopped after the disaster because it was asked to. */
  readonly kept: boolean
  /** Hints given so far. */
  readonly hints: number
  /** The steps done. */
  readonly steps: readonly StepReport[]
}

/** The drill that has not ended; `undefined` where there is none. */
export function readOpenDrill(directory: string): OpenDrill | undefined {
  const file = stateFile(directory)
  if (!existsSync(file)) return undefined
  return JSON.parse(readFileSync(file, 'utf8')) as OpenDrill
}

/** All of the file or the old one: we may be killed at any moment. */
export function writeOpenDrill(directory: string, state: OpenDrill): void {
  const file = stateFile(directory)
  mkdirSync(join(directory, LAB_FILES.drill.path), { recursive: true })
  writeFileSync(`${file}.new`, `${JSON.stringify(state, null, 2)}\n`)
  renameSync(`${file}.new`, file)
}

/** The drill has ended. */
export function forgetOpenDrill(directory: string): void {
  rmSync(join(directory, LAB_FILES.drill.path), { recursive: true, force: true })
}

/** What the writer printed, line by line. */
export function linesFile(directory: string): string {
  return join(directory, LAB_FILES.drill.path, 'writer.log')
}

/** @returns nothing where the writer never came to write */
export function readLines(directory: string): readonly string[] {
  const file = linesFile(directory)
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n') : []
}

/** A command of pg-lab that was typed while a drill waited to be repaired. */
interface Typed {
  readonly fromMs: number
  readonly toMs: number
  readonly exitCode: number
  /** Without `npx create-pg-lab`. */
  readonly words: string
}

/** Adds one that has ended; nothing where no drill waits any more. */
export function writeTyped(directory: string, typed: Typed): void {
  if (!readOpenDrill(directory)?.kept) return
  const words = typed.words.replace(/(password\s+)'[^']*'/gi, "$1'***'")
  appendFileSync(typedFile(directory), `${JSON.stringify({ ...typed, words })}\n`)
}

export function readTyped(directory: string): readonly Typed[] {
  const file = typedFile(directory)
  if (!existsSync(file)) return []
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean)
  return lines.map((line) => JSON.parse(line) as Typed)
}

function typedFile(directory: string): string {
  return join(directory, LAB_FILES.drill.path, 'typed.jsonl')
}

/** Its process is still at work. */
export function isRunning({ pid, identity }: OpenDrill): boolean {
  return pid !== process.pid && identityOf(pid) === identity
}

function stateFile(directory: string): string {
  return join(directory, LAB_FILES.drill.path, 'state.json')
}

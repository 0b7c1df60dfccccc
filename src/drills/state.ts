import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { StepReport } from '../report/drill-report.ts'
import type { Cast } from './drill.ts'

/** Where a drill that is under way, or was cut off, is remembered; seen from the lab's folder. */
const FOLDER = '.pg-lab/drill'

/** A drill that has begun and not ended. */
export interface DrillState {
  readonly drill: string
  readonly cast: Cast
  /** ms since 1970. */
  readonly startedMs: number
  /** `undefined` while nothing has been broken yet. */
  readonly disasterMs: number | undefined
  /** Who runs it; of a drill that was left for repair by hand, or was killed, the process is gone. */
  readonly pid: number
  /** What tells that process from a later one of the same number, where the system says it. */
  readonly pidSince: string | undefined
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
export function readState(directory: string): DrillState | undefined {
  const file = stateFile(directory)
  if (!existsSync(file)) return undefined
  return JSON.parse(readFileSync(file, 'utf8')) as DrillState
}

/** All of the file or the old one: we may be killed at any moment. */
export function writeState(directory: string, state: DrillState): void {
  const file = stateFile(directory)
  mkdirSync(join(directory, FOLDER), { recursive: true })
  writeFileSync(`${file}.new`, `${JSON.stringify(state, null, 2)}\n`)
  renameSync(`${file}.new`, file)
}

/** The drill has ended. */
export function forgetState(directory: string): void {
  rmSync(join(directory, FOLDER), { recursive: true, force: true })
}

/** What the writer told, line by line. */
export function linesFile(directory: string): string {
  return join(directory, FOLDER, 'writer.log')
}

/** @returns nothing where the writer never came to write */
export function readLines(directory: string): readonly string[] {
  const file = linesFile(directory)
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n') : []
}

/** Its process is still at work. */
export function isRunning({ pid, pidSince }: DrillState): boolean {
  if (pid === process.pid) return false
  try {
    process.kill(pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false
  }
  return processStart(pid) === pidSince
}

/** When a process began, in the kernel's own ticks: proc(5), field 22. */
export function processStart(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[22 - 3]
  } catch {
    return undefined // no Linux, or the process has just ended
  }
}

function stateFile(directory: string): string {
  return join(directory, FOLDER, 'state.json')
}

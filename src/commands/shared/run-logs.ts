import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { LAB_FILES } from '../../lab-files.ts'

/** Runs whose logs are kept; one run has a log of each tool it used. */
const KEPT_RUNS = 20

/** `2026-11-22T16-19-25`: sorts by time, and no file system objects. */
const STAMP_LENGTH = 'yyyy-mm-ddThh-mm-ss'.length

export interface RunLogs {
  /** Absolute path. */
  readonly folder: string
  /** @returns absolute path of a tool's log in this run: `…/logs/2026-11-22T16-19-25-vagrant.log` */
  file(tool: string): string
}

/** The logs of one run. */
export function runLogs(directory: string, now: Date = new Date()): RunLogs {
  const folder = logFolder(directory)
  const stamp = now.toISOString().slice(0, STAMP_LENGTH).replaceAll(':', '-')
  return { folder, file: (tool) => join(folder, `${stamp}-${tool}.log`) }
}

function logFolder(directory: string): string {
  return join(directory, LAB_FILES.logs.path)
}

/** Names of the logs of all runs. */
export function logsOf(folder: string): readonly string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder).filter((name) => /^\d{4}-\d\d-\d\dT.*\.log$/.test(name))
}

/**
 * Deletes the logs of old runs. Only for who has the lab's lock: looks from another terminal would soon be the newest
 * runs, and the logs of the command that is at work the oldest.
 */
export function deleteOldLogs(directory: string): void {
  const folder = logFolder(directory)
  const logs = logsOf(folder)
  const stamps = [...new Set(logs.map((name) => name.slice(0, STAMP_LENGTH)))].sort()
  const old = new Set(stamps.slice(0, Math.max(0, stamps.length - (KEPT_RUNS - 1)))) // this run is one more
  for (const name of logs.filter((log) => old.has(log.slice(0, STAMP_LENGTH)))) {
    rmSync(join(folder, name), { force: true })
  }
}

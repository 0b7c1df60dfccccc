import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { DrillReport } from '../../src/report/drill-report.ts'

/**
 * What the newest page of a drill was made of.
 * @param directory the lab's folder
 */
export function newestPage(directory: string, drill: string): DrillReport {
  const folder = join(directory, 'report/drills')
  const name = readdirSync(folder)
    .filter((file) => file.endsWith(`-${drill}.json`))
    .sort()
    .at(-1)
  return JSON.parse(readFileSync(join(folder, String(name)), 'utf8'))
}

/** The figures of that page, by their English names. */
export function newestFigures(directory: string, drill: string): ReadonlyMap<string, string> {
  const { figures } = newestPage(directory, drill)
  return new Map(figures.map(({ name, value }) => [name.en, typeof value === 'string' ? value : value.en]))
}

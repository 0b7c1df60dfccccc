import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import manifest from '../../../package.json' with { type: 'json' }
import type { Drill } from '../../drills/drill.ts'
import type { Cast } from '../../drills/rehearsal/cast.ts'
import { courseOf, type Results } from '../../drills/rehearsal/results.ts'
import { LAB_FILES } from '../../lab-files.ts'
import { drillMarkdown } from '../../report/drill-markdown.ts'
import type { DrillReport, Figure, StepReport } from '../../report/drill-report.ts'
import { drillPicture } from '../../report/svg-course.ts'
import type { Language } from '../../words/languages.ts'
import type { Session } from '../shared/session.ts'

/** What a drill came to. */
export interface DrillOutcome {
  readonly results: Results
  readonly steps: readonly StepReport[]
  readonly figures: readonly Figure[]
}

/**
 * Writes the page of a drill with its picture, and what both are made of for `create-pg-lab report`.
 * @returns the page's path, seen from the lab's folder
 */
export async function writePage(
  { directory, lab }: Session,
  drill: Drill,
  cast: Cast,
  language: Language,
  { results, steps, figures }: DrillOutcome,
): Promise<string> {
  const at = new Date(results.startedMs).toISOString()
  const report: DrillReport = {
    drill: drill.id,
    how: cast.how,
    lab: lab.name,
    versions: [
      ['PostgreSQL', String(lab.postgres.version)],
      ['create-pg-lab', manifest.version],
    ],
    at,
    title: drill.title,
    teaches: drill.teaches,
    intro: drill.intro(cast),
    steps,
    figures,
    lessons: drill.lessons(results, cast),
    course: courseOf(results),
  }
  const name = `${at.slice(0, 'yyyy-mm-ddThh-mm-ss'.length).replaceAll(':', '-')}-${drill.id}`
  const folder = join(directory, LAB_FILES.drills.path)
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, `${name}.svg`), drillPicture(report.course, language))
  writeFileSync(join(folder, `${name}.json`), `${JSON.stringify(report)}\n`)
  writeFileSync(join(folder, `${name}.md`), drillMarkdown(report, language, `${name}.svg`))
  return `${LAB_FILES.drills.path}/${name}.md`
}

/** The drills that were run in this lab, the newest first; a file nobody can read is left out. */
export function readDrills(directory: string): readonly DrillReport[] {
  const folder = join(directory, LAB_FILES.drills.path)
  if (!existsSync(folder)) return []
  const names = readdirSync(folder).filter((name) => name.endsWith('.json'))
  return names
    .sort()
    .reverse()
    .flatMap((name) => {
      try {
        return [JSON.parse(readFileSync(join(folder, name), 'utf8')) as DrillReport]
      } catch {
        return []
      }
    })
}

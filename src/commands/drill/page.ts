import manifest from '../../../package.json' with { type: 'json' }
import type { Drill } from '../../drills/drill.ts'
import type { Cast } from '../../drills/rehearsal/cast.ts'
import { courseOf, type Results } from '../../drills/rehearsal/results.ts'
import type { DrillReport, Figure, StepReport } from '../../report/drill-report.ts'
import { writeDrill } from '../../report/store.ts'
import { WORDS } from '../../words/index.ts'
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
  return writeDrill(directory, report, WORDS[language])
}

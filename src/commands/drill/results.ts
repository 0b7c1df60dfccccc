import { EXIT } from '../../errors.ts'
import { type DrillReport, say } from '../../report/drill-report.ts'
import { readDrills } from '../../report/store.ts'
import { WORDS } from '../../words/index.ts'
import type { Language } from '../../words/languages.ts'
import type { Context } from '../shared/context.ts'
import { enveloped } from '../shared/envelope.ts'
import { readConfig } from '../shared/session.ts'

/** `create-pg-lab drill results`: what the drills of this lab came to, the newest first. */
export async function results(context: Context, language: Language, isJson: boolean): Promise<number> {
  const { config, directory } = await readConfig(context)
  const drills = readDrills(directory)
  if (isJson) context.print(enveloped('drill-results', config.name, { drills: drills.map(drillData) }))
  else if (drills.length === 0) context.print('None yet. Run one: npx create-pg-lab drill failover')
  else context.print(drills.map((drill) => showDrill(drill, language)).join('\n\n'))
  return EXIT.ok
}

/** Its words in all languages; what the picture is drawn from is in the file beside its page. */
function drillData({ drill, how, at, title, versions, steps, figures, course }: DrillReport): object {
  const { outage, unprotected } = course
  return {
    drill,
    how,
    at,
    title,
    versions: Object.fromEntries(versions),
    steps,
    figures,
    outage,
    unprotected,
  }
}

function showDrill({ drill, how, at, figures }: DrillReport, language: Language): string {
  const words = WORDS[language]
  return [
    `${at.slice(0, 16).replace('T', ' ')}  ${drill}${how ? ` --how ${how}` : ''}`,
    ...figures.map(({ name, value }) => `  ${say(name, words)}: ${say(value, words)}`),
  ].join('\n')
}

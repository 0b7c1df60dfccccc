import { PROVIDERS } from '../catalog/providers/index.ts'
import { renderTemplate } from '../generate/render/template.ts'
import type { Lab } from '../lab.ts'
import type { Language } from '../words/languages.ts'
import { guestPaths } from './guest-paths.ts'
import { type TopologyWords, topology } from './topology.ts'

const WORDS: Readonly<Record<Language, TopologyWords>> = {
  en: {
    primary: 'primary',
    standby: (slot) => `standby, slot ${slot}`,
    synchronous: 'synchronous',
    potential: 'potentially synchronous',
    delayed: (delay) => `replays ${delay} later`,
    barman: (slot) => `Barman receives the WAL, slot ${slot}`,
  },
  ru: {
    primary: 'мастер',
    standby: (slot) => `реплика, слот ${slot}`,
    synchronous: 'синхронная',
    potential: 'потенциально синхронная',
    delayed: (delay) => `применяет с задержкой ${delay}`,
    barman: (slot) => `Barman принимает WAL, слот ${slot}`,
  },
}

/** Names and paths are ours or passed the schema: nothing in them is markup. */
const asItIs = (value: unknown) => String(value)

/**
 * The README of a lab.
 * @param configFile name of its config, e.g. `cluster.config.ts`
 */
export async function readme(lab: Lab, language: Language, configFile: string): Promise<string> {
  const view = {
    lab,
    configFile,
    provider: PROVIDERS[lab.provider].title,
    paths: await guestPaths(lab),
    topology: topology(lab, WORDS[language]),
  }
  return renderTemplate(`templates/README.${language}.md.ejs`, view, asItIs)
}

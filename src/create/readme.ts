import { basename } from 'node:path/posix'
import { PROVIDERS } from '../catalog/providers/index.ts'
import type { ProjectFile } from '../generate/render/project-file.ts'
import { renderTemplate } from '../generate/render/template.ts'
import { barmanPaths, postgresPaths } from '../guest-paths.ts'
import { type Lab, nodesOf } from '../lab.ts'
import type { Language } from '../words/languages.ts'
import { type TopologyWords, topology } from './topology.ts'

const WORDS: Readonly<Record<Language, TopologyWords>> = {
  en: {
    primary: 'primary',
    standby: (slot) => `standby, slot ${slot}`,
    synchronous: 'synchronous',
    potential: 'potentially synchronous',
    delayed: (delay) => `replays ${delay} later`,
    barman: (slot, isWaitedFor) =>
      `Barman receives the WAL, slot ${slot}${isWaitedFor ? ', synchronously' : ''}`,
  },
  ru: {
    primary: 'мастер',
    standby: (slot) => `реплика, слот ${slot}`,
    synchronous: 'синхронная',
    potential: 'потенциально синхронная',
    delayed: (delay) => `применяет с задержкой ${delay}`,
    barman: (slot, isWaitedFor) => `Barman принимает WAL, слот ${slot}${isWaitedFor ? ', синхронно' : ''}`,
  },
}

/** Names and paths are ours or passed the schema: nothing in them is markup. */
const asItIs = (value: unknown) => String(value)

/** What the README says of the lab's other files, which it is read beside. */
function readingIn(files: readonly ProjectFile[]) {
  const linesOf = (path: string) => {
    const file = files.find((one) => one.path === path)
    if (!file) throw new Error(`The README speaks of ${path}, which the lab does not have`)
    return file.content.trimEnd().split('\n')
  }
  return {
    has: (folder: string) => files.some(({ path }) => path.startsWith(folder)),
    link: (path: string) => `[\`${basename(path)}\`](${path}) (${linesOf(path).length})`,
    /** @param text what the first line that is meant has in it */
    linkToLine: (path: string, text: string) => {
      const line = linesOf(path).findIndex((one) => one.includes(text)) + 1
      if (line === 0) throw new Error(`The README looks for ${text} in ${path}`)
      return `[\`${path}:${line}\`](${path}#L${line})`
    },
    roundedLines: (paths: readonly string[]) => Math.round(paths.flatMap(linesOf).length / 50) * 50,
  }
}

interface ReadmeFacts {
  readonly language: Language
  /** Name of the lab's config, e.g. `cluster.config.ts`. */
  readonly configFile: string
  /** The lab's other files, its config among them. */
  readonly files: readonly ProjectFile[]
  /** What to type to have create-pg-lab in the lab. */
  readonly install: string
  /** npx gets create-pg-lab from a registry where it is not installed. */
  readonly isFetched: boolean
}

/** The README of a lab. */
export async function readme(
  lab: Lab,
  { language, configFile, files, install, isFetched }: ReadmeFacts,
): Promise<string> {
  const view = {
    lab,
    configFile,
    install,
    isFetched,
    provider: PROVIDERS[lab.provider].title,
    paths: { ...postgresPaths(lab), barman: barmanPaths().home },
    topology: topology(lab, WORDS[language]),
    ...readingIn(files),
  }
  return renderTemplate(`templates/README.${language}.md.ejs`, view, asItIs)
}

/** What an assistant may do in a lab, and where things are. */
export async function agents(lab: Lab, configFile: string): Promise<string> {
  const nodes = nodesOf(lab)
    .map(({ name }) => name)
    .join(', ')
  return renderTemplate('templates/AGENTS.md.ejs', { lab, configFile, nodes }, asItIs)
}

import { DEFAULT_OS, type OsName, type ProviderName, VAGRANT_PROVIDERS } from '../catalog/names.ts'
import { ENDED_OS, OPERATING_SYSTEMS } from '../catalog/os.ts'
import { PROVIDERS } from '../catalog/providers/index.ts'
import type { Language } from '../words/languages.ts'
import type { Answers } from './answers.ts'
import { configOf } from './new-config.ts'
import { PRESET_NAMES, type PresetName, presetOf } from './presets.ts'

/** One line of a list to choose from. */
export interface Option<T> {
  readonly value: T
  readonly label: string
  readonly hint?: string
}

/** Whoever answers: a person at a terminal, or a test. */
export interface Asker {
  /** @param question.check says what is wrong with an answer */
  text(question: {
    readonly message: string
    readonly initial: string
    readonly check: (answer: string) => string | undefined
  }): Promise<string>
  choose<T extends string | number>(question: {
    readonly message: string
    readonly options: readonly Option<T>[]
    readonly initial: T
  }): Promise<T>
}

/** In the order they are offered; the first that can be had is the default. */
const SYSTEMS: readonly OsName[] = [
  'debian-13',
  'debian-12',
  'ubuntu-24.04',
  'ubuntu-22.04',
  'rocky-9',
  'alma-9',
  'debian-14',
  'debian-11',
]

/** Providers that exist on one kind of computer only. */
const ONLY_ON: Partial<Record<ProviderName, NodeJS.Platform>> = { libvirt: 'linux', parallels: 'darwin' }

const LANGUAGE_NAMES: Readonly<Record<Language, string>> = { en: 'English', ru: 'Русский' }

const MOST_SLAVES_OFFERED = 4

const DEFAULT_PRESET: PresetName = 'homework'

/** What flags and the folder have already answered. */
export type Known = Partial<Answers> & Pick<Answers, 'name'>

/** What this computer suggests. */
export interface Suggestions {
  readonly provider: ProviderName
  readonly system: NodeJS.Platform
  readonly language: Language
  /** What stands in the way of a provider here; one that is usable has none. */
  readonly obstacles: ReadonlyMap<ProviderName, string>
  /** Whether these answers make a lab. */
  readonly accepts: (answers: Answers) => boolean
}

/** Answers what is still open with what suits this computer. */
export function defaultAnswers(known: Known, { provider, language, accepts }: Suggestions): Answers {
  const { preset = DEFAULT_PRESET } = known
  const answers: Answers = {
    provider,
    os: DEFAULT_OS,
    postgres: undefined,
    preset,
    slaves: presetOf(preset).slaves.default,
    language,
    ...known,
  }
  const os = known.os ?? SYSTEMS.find((candidate) => accepts({ ...answers, os: candidate }))
  return { ...answers, os: os ?? answers.os }
}

/** The course that hands out the homework of today is a Russian one. */
function presetOptions({ language }: Suggestions): Option<PresetName>[] {
  const first: PresetName = language === 'ru' ? 'otus' : DEFAULT_PRESET
  const names = [first, ...PRESET_NAMES.filter((name) => name !== first)]
  return names.map((name) => ({ value: name, label: `${name}: ${presetOf(name).title}` }))
}

function providerOptions({ provider, system, obstacles }: Suggestions): Option<ProviderName>[] {
  const possible = VAGRANT_PROVIDERS.filter((name) => (ONLY_ON[name] ?? system) === system)
  return [provider, ...possible.filter((name) => name !== provider)].map((name) => ({
    value: name,
    label: PROVIDERS[name].title,
    hint: [
      ...(name === provider ? ['chosen for this computer'] : []),
      obstacles.get(name) ?? 'usable here',
    ].join('; '),
  }))
}

function systemOption(answers: Answers): Option<OsName> {
  const os = OPERATING_SYSTEMS[answers.os]
  const { version = os.postgresVersion, repository } = configOf(answers).postgres ?? {}
  const hint = [
    repository ? 'packages of postgresql.org' : '',
    ENDED_OS[os.name] ? `no fixes since ${ENDED_OS[os.name]}` : '',
  ].find(Boolean)
  return { value: os.name, label: `${os.title} · PostgreSQL ${version}`, ...(hint ? { hint } : {}) }
}

function slaveOptions({ preset }: Answers): Option<number>[] {
  const { least } = presetOf(preset).slaves
  const most = Math.max(MOST_SLAVES_OFFERED, least)
  return Array.from({ length: most - least + 1 }, (_, index) => ({
    value: least + index,
    label: least + index === 0 ? 'none' : String(least + index),
  }))
}

/**
 * Asks what no flag has answered: five questions at most, each with its default.
 * The sixth, where the lab goes, comes before: it decides the lab's name.
 */
export async function askAnswers(given: Known, suggestions: Suggestions, asker: Asker): Promise<Answers> {
  const presets = presetOptions(suggestions)
  const initial = presets[0]?.value ?? DEFAULT_PRESET
  const preset = given.preset ?? (await asker.choose({ message: 'Which lab?', options: presets, initial }))
  const known = { ...given, preset }
  let answers = defaultAnswers(known, suggestions)
  if (known.provider === undefined) {
    const provider = await asker.choose({
      message: 'What should the machines run on?',
      options: providerOptions(suggestions),
      initial: suggestions.provider,
    })
    answers = defaultAnswers({ ...known, provider }, suggestions)
  }
  if (known.os === undefined && known.postgres === undefined) {
    const candidates = SYSTEMS.map((os) => ({ ...answers, os })).filter(suggestions.accepts)
    const os = await asker.choose({
      message: 'Which system and PostgreSQL?',
      options: candidates.map(systemOption),
      initial: answers.os,
    })
    answers = { ...answers, os }
  }
  if (known.slaves === undefined) {
    const slaves = await asker.choose({
      message: 'How many slaves?',
      options: slaveOptions(answers),
      initial: answers.slaves,
    })
    answers = { ...answers, slaves }
  }
  if (known.language !== undefined) return answers
  const language = await asker.choose({
    message: 'In which language should the README be?',
    options: Object.entries(LANGUAGE_NAMES).map(([value, label]) => ({ value: value as Language, label })),
    initial: answers.language,
  })
  return { ...answers, language }
}

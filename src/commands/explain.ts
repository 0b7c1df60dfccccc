import { docker } from '../catalog/providers/docker.ts'
import { parseConfig } from '../config/schema.ts'
import { allSettings, type Setting } from '../config/setting-docs.ts'
import { EXIT, UserError } from '../errors.ts'
import { type Explanation, explainSetting, type Surroundings } from '../explain/explain.ts'
import { findSetting } from '../explain/find.ts'
import type { Landing } from '../explain/landing.ts'
import type { Paint } from '../paint.ts'
import { resolveLab } from '../resolve/resolve-lab.ts'
import type { Context } from './shared/context.ts'
import { enveloped } from './shared/envelope.ts'
import { openSession } from './shared/session.ts'

/** `create-pg-lab explain [setting]`: what it does and where it lands; without one, the list of all. */
export async function explain(
  context: Context,
  { json }: { readonly json?: true },
  asked: string | undefined,
): Promise<number> {
  if (asked === undefined) {
    const all = allSettings()
    context.print(json ? enveloped('explain', null, { settings: all }) : showList(all, context.paint))
    return EXIT.ok
  }
  const { setting } = findSetting(asked)
  const { surroundings, note } = await lookAround(context)
  const explanation = await explainSetting(asked, surroundings)
  if (json) {
    const told = { ...explanation, value: explanation.value ?? null, default: explanation.default ?? null }
    const settings = [told, ...membersOf(setting)]
    context.print(enveloped('explain', note === undefined ? surroundings.lab.name : null, { settings }))
    return EXIT.ok
  }
  context.print(showExplanation(explanation, context.paint))
  const members = membersOf(setting)
  if (members.length > 0) context.print(`\n${showList(members, context.paint)}`)
  if (note) context.print(`\n${note}`)
  return EXIT.ok
}

/** The settings of a section. */
function membersOf({ path }: Setting): readonly Setting[] {
  return allSettings().filter((one) => one.path.startsWith(`${path}.`) || one.path.startsWith(`${path}[].`))
}

/** The lab of this folder; where there is none, or a broken config, the default one. */
async function lookAround(context: Context): Promise<{ surroundings: Surroundings; note?: string }> {
  try {
    const { config, lab, directory, host } = await openSession(context)
    const { architecture } = host.platform
    return {
      surroundings: { directory, config: config.config, lab, host: { provider: lab.provider, architecture } },
    }
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    return {
      surroundings: defaultLab(context),
      note: `Shown for the default lab: ${lowered(error.message)}.`,
    }
  }
}

function lowered(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1)
}

function defaultLab({ directory }: Context): Surroundings {
  const parsed = parseConfig({})
  if ('issues' in parsed) throw new Error('The empty config is not a config')
  const host = { provider: docker.name, architecture: 'amd64' } as const
  // The lines are those of files that are not there, so none of this folder may be taken for them.
  return {
    directory: `${directory}/.none`,
    config: parsed.config,
    lab: resolveLab(parsed.config, host),
    host,
  }
}

/** Each setting with its first sentence, sections as headlines. */
function showList(settings: readonly Setting[], paint: Paint): string {
  const width = Math.max(...settings.map(({ path }) => path.length))
  const lines = settings.map((setting) => {
    const row = `${setting.path.padEnd(width)}  ${firstSentence(setting.description)}`
    return isHeadline(setting) ? `\n${paint('bold', row)}` : row
  })
  return [
    ...lines,
    '',
    'More on one of them: npx create-pg-lab explain <setting>, e.g. master.memory, work_mem',
  ]
    .join('\n')
    .trimStart()
}

function isHeadline(setting: Setting): boolean {
  return !setting.path.includes('.') && membersOf(setting).length > 0
}

function firstSentence(text: string): string {
  return /^.*?[.;:](?=\s|$)/.exec(text)?.[0].replace(/[.;:]$/, '') ?? text
}

const MOST_PLACES = 6

function showExplanation(explanation: Explanation, paint: Paint): string {
  const { path, description, value, allowed, landings: places, readers, manual } = explanation
  const rows: (readonly [string, readonly string[]])[] = [
    ...(allowed ? [['In this lab', [shown(value, 'left out')]] as const] : []),
    ...(allowed ? [['Default', [shown(explanation.default, 'none')]] as const] : []),
    ...(allowed ? [['Allowed', [allowed]] as const] : []),
    ...(allowed ? [['Lands in', landing(places)] as const] : []),
    ...(readers.length > 0 ? [['Read by', readers.map(reader)] as const] : []),
    ['Manual', [manual]],
  ]
  const width = Math.max(...rows.map(([label]) => label.length))
  const lines = rows.flatMap(([label, texts]) =>
    texts.map((text, index) => `  ${paint('bold', (index === 0 ? label : '').padEnd(width))}  ${text}`),
  )
  return [paint('bold', path), `  ${description}`, '', ...lines].join('\n')
}

function shown(value: unknown, otherwise: string): string {
  if (value === undefined) return otherwise
  if (Array.isArray(value)) return `${value.length} in a list`
  return typeof value === 'object' ? '{ … }' : String(value)
}

function landing(places: readonly Landing[]): readonly string[] {
  if (places.length === 0) return ['no file, as the config is now']
  const shown = places.length > MOST_PLACES ? places.slice(0, MOST_PLACES - 1) : places
  const rows = shown.map(
    ({ file, line, text, isNew }) => `${file}:${line}  ${isNew ? '(once it is set)' : text}`,
  )
  return places.length > MOST_PLACES ? [...rows, `and ${places.length - rows.length} lines more`] : rows
}

function reader({ file, line, text }: Landing): string {
  return `${file}:${line}${text ? `  (${text} on the servers)` : ''}`
}

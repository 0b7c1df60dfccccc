import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { settingManual } from '../catalog/postgres-settings.ts'
import { type SettingFacts, settingFacts } from '../catalog/setting-facts.ts'
import { refuseSetting } from '../config/owned-settings.ts'
import { keysOf } from '../config/path.ts'
import type { Config } from '../config/schema.ts'
import { GROUP_VARS, projectFiles } from '../generate/render/project.ts'
import type { Lab } from '../lab.ts'
import type { HostFacts } from '../resolve/resolve-lab.ts'
import { allowedWords } from '../resolve/server-settings.ts'
import { findSetting } from './find.ts'
import { inFile, type Landing, landingOf } from './landing.ts'
import { manualOf } from './manual.ts'
import { readersOf } from './readers.ts'

/** The lab a setting is explained in. */
export interface Surroundings {
  /** The lab's folder. */
  readonly directory: string
  readonly config: Config
  readonly lab: Lab
  readonly host: HostFacts
}

/** Everything there is to say of one setting. */
export interface Explanation {
  /** As it stands in this config: `slaves[0].slot`. */
  readonly path: string
  readonly description: string
  /** `undefined` where it is left out. */
  readonly value: unknown
  readonly default: unknown
  readonly allowed: string
  /** Lines of the generated files that it decides. */
  readonly landings: readonly Landing[]
  /** Lines of the roles that read it; their text is the file's name on the servers, `SQL`, or `''`. */
  readonly readers: readonly Landing[]
  readonly manual: string
}

function valueAt(config: Config, path: string): unknown {
  return keysOf(path).reduce<unknown>(
    (section, key) =>
      typeof section === 'object' && section !== null ? Reflect.get(section, key) : undefined,
    config,
  )
}

/** PostgreSQL's own setting, where the path is one of those, and the slave it is for. */
function serverSettingOf(path: string): { readonly name: string; readonly slave?: number } | undefined {
  const keys = keysOf(path)
  const name = keys.at(-1)
  if (keys.at(-2) !== 'settings' || name === undefined) return undefined
  return keys[0] === 'slaves' ? { name: String(name), slave: Number(keys[1]) } : { name: String(name) }
}

/** A setting of PostgreSQL's own: some have a value of the lab's, some may not be given. */
function ofServer(
  { name, slave: at }: { readonly name: string; readonly slave?: number },
  { lab, config }: Surroundings,
): Partial<Explanation> {
  const slave = at === undefined ? undefined : lab.slaves[at]
  const value = slave?.settings[name] ?? lab.postgres.settings[name]
  const isUsers = Object.hasOwn({ ...config.postgres.settings, ...slave?.settings }, name)
  const where = slave ? `of ${slave.name} alone` : 'the same on every PostgreSQL server'
  const refusal = refuseSetting(name, '')
  const facts = name.includes('.') ? undefined : settingFacts(name, lab.postgres.version)
  const own = facts?.default ? `PostgreSQL's own, ${amountOf(facts)}` : "PostgreSQL's own"
  return {
    description: `A line of postgresql.conf, ${where}.${facts ? ` ${tellWhen(facts)}` : ''}`,
    value,
    default: value === undefined || isUsers ? own : `${value}, the lab's`,
    ...(facts ? { allowed: allowedWords(facts) } : {}),
    ...(refusal ? { allowed: [inWords(refusal.message), refusal.hint].filter(Boolean).join('; ') } : {}),
  }
}

/** `4096 kB`, `16384 × 8kB`, `on`. */
function amountOf({ default: value, unit }: SettingFacts): string {
  return [value, unit && /^\d/.test(unit) ? '×' : '', Number(value) < 0 ? '' : unit].filter(Boolean).join(' ')
}

function tellWhen({ context }: SettingFacts): string {
  if (context === 'internal') return 'Read-only: PostgreSQL reports it.'
  if (context === 'postmaster') return 'A change needs a restart.'
  return context.endsWith('backend') ? 'A change applies to new sessions.' : 'A change needs a reload.'
}

/** `must be on: …` → `on: …`; `is the lab's own: …` → `nothing: it is the lab's own: …` */
function inWords(refusal: string): string {
  return refusal.replace(/^must be /, '').replace(/^is /, 'nothing: it is ')
}

/** Each place as the file has it: on the disk, else as it would be written. */
async function asOnDisk(places: readonly Landing[], { lab, directory }: Surroundings) {
  const files = await projectFiles(lab, { roles: 'in-place' })
  const contentOf = (file: string) => {
    const path = join(directory, file)
    if (existsSync(path)) return readFileSync(path, 'utf8')
    return files.find((one) => one.path === file)?.content ?? ''
  }
  return { places: places.flatMap((place) => inFile(place, contentOf(place.file)) ?? []), contentOf }
}

/**
 * Explains a setting in a lab.
 * @param asked as a person types it, see `findSetting`
 * @throws UserError when there is no such setting
 */
export async function explainSetting(asked: string, surroundings: Surroundings): Promise<Explanation> {
  const { config, host, directory, lab } = surroundings
  const { setting, path } = findSetting(asked)
  const own = serverSettingOf(path)
  const landing = setting.allowed === '' ? [] : await landingOf(config, path, host)
  const { places, contentOf } = await asOnDisk(landing, surroundings)
  const [variable] = places.filter(({ file }) => file === GROUP_VARS)
  return {
    path,
    description: setting.description,
    value: valueAt(config, path),
    default: setting.default,
    allowed: setting.allowed,
    landings: places,
    readers: variable ? await readersOf(variable, contentOf(GROUP_VARS), directory) : [],
    manual: own
      ? settingManual(lab.postgres.version, own.name)
      : manualOf(setting.path, lab.postgres.version),
    ...(own ? ofServer(own, surroundings) : {}),
  }
}

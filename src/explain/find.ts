import { isServerSetting, serverSettings } from '../catalog/postgres-settings.ts'
import { closest } from '../config/closest.ts'
import { pathOf } from '../config/path.ts'
import { ALIASES } from '../config/schema.ts'
import { allSettings, type Setting } from '../config/setting-docs.ts'
import { UserError } from '../errors.ts'

/** A setting that was asked for. */
export interface AskedSetting {
  readonly setting: Setting
  /** As it stands in this config: `slaves[1].slot`, `postgres.settings.work_mem`. */
  readonly path: string
}

/** `slaves[1].slot`, `slaves.slot` and `Slaves[].Slot` are the same setting. */
function plain(path: string): string {
  return path
    .toLowerCase()
    .replaceAll(/\[\d*\]/g, '')
    .replace(/\.<name>$/, '')
}

function isAlias(word: string): word is keyof typeof ALIASES {
  return Object.hasOwn(ALIASES, word)
}

/** Of a list the first, unless another position was asked for. */
function inList(asked: string, path: string): string {
  const position = /\[(\d+)\]/.exec(asked)?.[1] ?? '0'
  return path.replace('[]', `[${position}]`).replace('.<name>', '')
}

/** `postgres.settings.work_mem`, `slaves[1].settings["auto_explain.log_analyze"]`, `work_mem`: the keys of its path. */
function serverSettingIn(asked: string): readonly (string | number)[] | undefined {
  const [, section, at = '0', plainName, quoted] =
    /^(postgres|(?:slaves|standbys)(?:\[(\d*)\])?)\.settings(?:\.([^<]+)|\["(.+)"\])$/.exec(asked) ?? []
  const name = plainName ?? quoted ?? (isServerSetting(asked) ? asked : undefined)
  if (name === undefined) return undefined
  const isOfSlave = section !== undefined && section !== 'postgres'
  return isOfSlave ? ['slaves', Number(at), 'settings', name] : ['postgres', 'settings', name]
}

/**
 * Finds a setting by its path, by its last word where only one has it (`applyDelay`), or by PostgreSQL's own name
 * (`work_mem`).
 * @throws UserError with what was probably meant
 */
export function findSetting(asked: string): AskedSetting {
  const settings = allSettings()
  const wanted = plain(asked).replace(/^\w+/, (first) => (isAlias(first) ? ALIASES[first] : first))
  const exact = settings.find(({ path }) => plain(path) === wanted)
  const [byWord, another] = settings.filter(({ path }) => plain(path).endsWith(`.${wanted}`))
  const setting = exact ?? (another ? undefined : byWord)
  if (setting) return { setting, path: inList(asked, setting.path) }
  const keys = serverSettingIn(asked)
  const record = settings.find(({ path }) => path.endsWith('.<name>') && path.startsWith(String(keys?.[0])))
  if (keys && record) return { setting: record, path: pathOf(keys) }
  const meant = another ? `${byWord?.path} or ${another.path}` : nearest(asked, settings)
  throw new UserError(`There is no setting ${asked}`, {
    hint: meant ? `did you mean ${meant}?` : 'all of them: npx create-pg-lab explain',
  })
}

function nearest(asked: string, settings: readonly Setting[]): string | undefined {
  const words = settings.flatMap(({ path }) => [path, path.split('.').at(-1) ?? ''])
  return closest(asked, [...words, ...serverSettings()])
}

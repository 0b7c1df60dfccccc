import type { OsName, ProviderName } from '../catalog/names.ts'
import type { Language } from '../words/languages.ts'
import type { PresetName } from './presets.ts'

/** Formats the config can be written in. */
export const CONFIG_FORMATS = ['ts', 'yaml'] as const
export type ConfigFormat = (typeof CONFIG_FORMATS)[number]

/** Everything that is asked, or said by flags, before a lab is made. */
export interface Answers {
  /** The lab's name: a host name. */
  readonly name: string
  readonly provider: ProviderName | 'auto'
  readonly os: OsName
  /** PostgreSQL's major; `undefined`: the one the system's own repository carries. */
  readonly postgres: number | undefined
  readonly preset: PresetName
  readonly slaves: number
  readonly language: Language
}

export const DEFAULT_FOLDER = 'pg-lab'

/** Russian, Ukrainian and Belarusian letters, as passports and addresses have them. */
const LATIN: Readonly<Record<string, string>> = {
  ...{ а: 'a', б: 'b', в: 'v', г: 'g', ґ: 'g', д: 'd', е: 'e', ё: 'e', є: 'ie', ж: 'zh', з: 'z', и: 'i' },
  ...{ і: 'i', ї: 'i', й: 'y', к: 'k', л: 'l', м: 'm', н: 'n', о: 'o', п: 'p', р: 'r', с: 's', т: 't' },
  ...{ у: 'u', ў: 'u', ф: 'f', х: 'kh', ц: 'ts', ч: 'ch', ш: 'sh', щ: 'shch', ъ: '', ы: 'y', ь: '' },
  ...{ э: 'e', ю: 'yu', я: 'ya' },
}

/**
 * A lab's name from the name of its folder: Cyrillic is written in Latin letters, and what else a host name cannot have
 * becomes a dash.
 * @returns `pg-lab` where nothing is left
 */
export function nameFrom(folder: string): string {
  const latin = Array.from(folder.normalize('NFC').toLowerCase(), (letter) => LATIN[letter] ?? letter).join(
    '',
  )
  const plain = latin.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase()
  const name = plain
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replace(/^[-0-9]+/, '')
    .slice(0, 40)
    .replace(/-+$/, '')
  return name || DEFAULT_FOLDER
}

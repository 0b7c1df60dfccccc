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

/**
 * A lab's name from the name of its folder: what a host name cannot have becomes a dash.
 * @returns `pg-lab` where nothing is left, as of a name in Cyrillic
 */
export function nameFrom(folder: string): string {
  const plain = folder.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase()
  const name = plain
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replace(/^[-0-9]+/, '')
    .slice(0, 40)
    .replace(/-+$/, '')
  return name || DEFAULT_FOLDER
}

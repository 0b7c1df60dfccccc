import data from './postgres-settings.json' with { type: 'json' }

/** What PostgreSQL says of a setting of its own (pg_settings). Numbers are as it prints them, in the base unit. */
export interface SettingFacts {
  readonly type: 'bool' | 'integer' | 'real' | 'string' | 'enum'
  /** Base unit: `kB`, `8kB`, `ms`, `s`, `min`, … */
  readonly unit?: string
  /** When a value may be given: `postmaster` wants a restart, `internal` is never given. */
  readonly context: string
  readonly min?: string
  readonly max?: string
  /** Words of an enum. */
  readonly values?: readonly string[]
  readonly default?: string
}

interface FactsSpan extends SettingFacts {
  readonly from: number
  readonly to: number
}

/** Majors whose servers were asked: scripts/postgres-settings.sh. */
export const ASKED_MAJORS: readonly number[] = data.asked

const SPANS = data.settings as unknown as Readonly<Record<string, readonly FactsSpan[] | undefined>>

/**
 * What a major says of a setting.
 * @param name in lower case, without a dot
 * @returns `undefined` where that major has no such setting
 */
export function settingFacts(name: string, major: number): SettingFacts | undefined {
  const spans = Object.hasOwn(SPANS, name) ? (SPANS[name] ?? []) : []
  return spans.find(({ from, to }) => from <= major && major <= to)
}

/** Names of the settings a major has. */
export function settingsOf(major: number): readonly string[] {
  return Object.keys(SPANS).filter((name) => settingFacts(name, major))
}

/** Majors that have the setting, oldest first. */
export function majorsWith(name: string): readonly number[] {
  return ASKED_MAJORS.filter((major) => settingFacts(name, major))
}

/** All names, of whatever major. */
export function allSettingNames(): readonly string[] {
  return Object.keys(SPANS)
}

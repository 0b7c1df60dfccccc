import { isServerSetting } from '../catalog/postgres-settings.ts'
import { inBaseUnit, spelled } from '../catalog/same-setting.ts'
import { majorsWith, type SettingFacts, settingFacts, settingsOf } from '../catalog/setting-facts.ts'
import { closest } from '../config/closest.ts'
import type { Config } from '../config/schema.ts'
import type { SettingValue } from '../lab.ts'
import type { AddProblem } from './problems.ts'

/** What does the work of a setting that was taken out of PostgreSQL. */
const SUCCESSORS: Readonly<Record<string, string | undefined>> = {
  checkpoint_segments: 'max_wal_size',
  wal_keep_segments: 'wal_keep_size',
  force_parallel_mode: 'debug_parallel_query',
  ssl_ecdh_curve: 'ssl_groups',
  vacuum_defer_cleanup_age: 'hot_standby_feedback on the standbys',
  promote_trigger_file: 'pg_promote(), which `create-pg-lab promote` calls',
}

/** Words of an enum that PostgreSQL takes and does not list. */
const UNLISTED = ['debug', 'info', 'archive', 'hot_standby']
const BOOLEAN = ['on', 'off', 'true', 'false', 'yes', 'no', '1', '0']

/** Holds PostgreSQL's own settings against what the lab's major says of them. A name with a dot belongs to an extension. */
export function checkServerSettings({ postgres, slaves }: Config, major: number, report: AddProblem): void {
  checkBlock('postgres.settings', postgres.settings, major, report)
  for (const [index, { settings }] of slaves.entries()) {
    checkBlock(`slaves[${index}].settings`, settings, major, report)
  }
}

function checkBlock(
  block: string,
  settings: Readonly<Record<string, SettingValue>>,
  major: number,
  report: AddProblem,
): void {
  for (const [name, value] of Object.entries(settings)) {
    if (name.includes('.')) continue
    const path = `${block}.${name}`
    const facts = settingFacts(name, major)
    if (!facts) report(path, ...noSuch(name, major))
    else if (facts.context === 'internal') report(path, 'is read-only: PostgreSQL reports it')
    else {
      const wanted = wantedOf(facts, value)
      if (wanted) report(path, `must be ${wanted}; ${JSON.stringify(value)} was given`)
    }
  }
}

function noSuch(name: string, major: number): [message: string, hint?: string] {
  const majors = majorsWith(name)
  const [first] = majors
  const message = `is no setting of PostgreSQL ${major}`
  const successor = Object.hasOwn(SUCCESSORS, name) ? SUCCESSORS[name] : undefined
  if (successor) return [message, `since it was removed, ${successor} does its work`]
  if (first !== undefined && first > major) return [message, `it came later: PostgreSQL ${first} has it`]
  if (majors.length > 0) return [message, `it was removed: PostgreSQL ${majors.at(-1)} had it`]
  if (isServerSetting(name)) return [message]
  const near = closest(name, settingsOf(major))
  return near ? [message, `did you mean ${near}?`] : [message]
}

/** What a setting takes, in words; nothing where the value is such a one. */
function wantedOf(facts: SettingFacts, value: SettingValue): string | undefined {
  const text = String(spelled(value)).trim()
  return TAKES[facts.type](facts, text) ? undefined : allowedWords(facts)
}

const TAKES: Readonly<Record<SettingFacts['type'], (facts: SettingFacts, text: string) => boolean>> = {
  bool: (_, text) => isBoolean(text),
  enum: ({ values = [] }, text) => isOneOf(values, text),
  integer: isInBounds,
  real: isInBounds,
  string: () => true,
}

/** What may be given: `on or off`, `a whole number from 1 to 262143`. */
export function allowedWords(facts: SettingFacts): string {
  switch (facts.type) {
    case 'bool':
      return 'on or off'
    case 'enum':
      return listed(facts.values ?? [])
    case 'string':
      return 'a text'
    default:
      return boundsOf(facts)
  }
}

/** PostgreSQL takes what a word begins with, too, unless it is the beginning of both: `o`. */
function isBoolean(text: string): boolean {
  const word = text.toLowerCase()
  return word !== '' && word !== 'o' && BOOLEAN.some((one) => one.startsWith(word))
}

function isOneOf(values: readonly string[], text: string): boolean {
  const word = text.toLowerCase()
  const isSwitch = values.includes('on') || values.includes('off')
  return [...values, ...UNLISTED, ...(isSwitch ? BOOLEAN : [])].some((one) => one.toLowerCase() === word)
}

function listed(values: readonly string[]): string {
  return values.length < 2 ? values.join('') : `${values.slice(0, -1).join(', ')} or ${values.at(-1)}`
}

function isInBounds({ type, unit = '', min, max }: SettingFacts, text: string): boolean {
  const given = inBaseUnit(text, unit)
  if (given === undefined) return false
  const held = type === 'integer' ? Math.round(given) : given
  return held >= Number(min ?? Number.NEGATIVE_INFINITY) && held <= Number(max ?? Number.POSITIVE_INFINITY)
}

function boundsOf({ type, unit, min, max }: SettingFacts): string {
  const kind = type === 'integer' ? 'a whole number' : 'a number'
  const of = unit ? `, counted in ${unit} where no unit is given` : ''
  return `${kind} from ${min} to ${max}${of}`
}

/** How pg_settings shows a setting. */
export interface EffectiveSetting {
  readonly name: string
  /** The value in base units. */
  readonly setting: string
  /** Base unit, e.g. `8kB`, `ms`. */
  readonly unit: string | null
  readonly vartype: string
}

/** Base units of PostgreSQL (src/backend/utils/misc/guc.c), in bytes and in microseconds. */
const UNITS: Readonly<Record<string, number>> = {
  B: 1,
  kB: 1024,
  MB: 1024 ** 2,
  GB: 1024 ** 3,
  TB: 1024 ** 4,
  us: 1,
  ms: 1000,
  s: 1e6,
  min: 60e6,
  h: 3600e6,
  d: 86_400e6,
}

/** `true` and `'on'` are the same to PostgreSQL; one spelling keeps the files and the checks alike. */
export function spelled<Value extends string | number>(value: Value | boolean): Value | 'on' | 'off' {
  if (typeof value !== 'boolean') return value
  return value ? 'on' : 'off'
}

const TRUE = ['on', 'true', 'yes', 't', 'y', '1']
const FALSE = ['off', 'false', 'no', 'f', 'n', '0']

/** PostgreSQL spells these its own way: `iso, mdy` becomes `ISO, MDY`. */
const ANY_CASE = new Set(['datestyle', 'timezone', 'log_timezone'])

/** Whether the server's value is the wanted one, as PostgreSQL reads it: 128MB = 16384 × 8kB, true = on. */
export function sameSetting(wanted: string | number | boolean, effective: EffectiveSetting): boolean {
  const text = String(wanted)
  if (text === effective.setting) return true
  switch (effective.vartype) {
    case 'bool':
      return isTrue(text) !== undefined && isTrue(text) === isTrue(effective.setting)
    case 'enum':
      return (
        text.toLowerCase() === effective.setting.toLowerCase() ||
        (isTrue(text) !== undefined && isTrue(text) === isTrue(effective.setting))
      )
    case 'integer':
    case 'real':
      return sameNumber(text, effective)
    default:
      return plain(text, effective.name) === plain(effective.setting, effective.name)
  }
}

function isTrue(text: string): boolean | undefined {
  const word = text.trim().toLowerCase()
  return TRUE.includes(word) ? true : FALSE.includes(word) ? false : undefined
}

function sameNumber(text: string, { setting, unit, vartype }: EffectiveSetting): boolean {
  const inBase = inBaseUnit(text, unit ?? '')
  if (inBase === undefined) return false
  const value = vartype === 'integer' ? Math.round(inBase) : inBase
  return Math.abs(value - Number(setting)) <= Math.abs(Number(setting)) * 1e-9
}

const MEMORY = ['B', 'kB', 'MB', 'GB', 'TB']

/**
 * What a text with or without a unit is of the unit that a setting counts in: `1MB` is 128 of 8kB.
 * @param base `8kB`, `ms`, or nothing where it only counts
 * @returns `undefined` of what PostgreSQL takes for no such number
 */
export function inBaseUnit(text: string, base: string): number | undefined {
  const [, digits = '', unit = ''] =
    /^\s*([-+]?(?:0x[\da-f]+|\d*\.?\d+(?:e[-+]?\d+)?))\s*([a-z]*)\s*$/i.exec(text) ?? []
  if (digits === '') return undefined
  const amount = /^0[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : Number(digits)
  if (unit === '') return amount
  const [, times = '', counted = ''] = /^(\d*)(\w*)$/.exec(base) ?? []
  const [factor, size] = [UNITS[unit], UNITS[counted]]
  if (factor === undefined || size === undefined || MEMORY.includes(unit) !== MEMORY.includes(counted))
    return undefined
  return (amount * factor) / (Number(times || 1) * size)
}

/** A list is the same with and without a blank after its commas. */
function plain(text: string, name: string): string {
  const spaced = text.trim().replace(/\s*,\s*/g, ',')
  return ANY_CASE.has(name.toLowerCase()) ? spaced.toLowerCase() : spaced
}

import { LOCALES } from '../catalog/locales.ts'
import { closest } from './closest.ts'
import { isCrontab } from './crontab.ts'
import { FORMATS, type Format, isTimezone } from './formats.ts'

/** Makes of what somebody wrote the text that was probably meant; `undefined` where nothing is near. */
type Guess = (text: string) => string | undefined

/** By words that users give, of which `constructor` is none. */
function table<T>(entries: Readonly<Record<string, T>>): ReadonlyMap<string, T> {
  return new Map(Object.entries(entries))
}

const UNIT_MB: Readonly<Record<string, number>> = { k: 1 / 1024, m: 1, g: 1024, t: 1024 * 1024 }

/** `2g`, `2 Gb`, `2GiB` → the number and the unit's first letter. */
function sizeIn(text: string): readonly [count: number, unit: string] | undefined {
  const [, count, unit] = /^(\d+(?:\.\d+)?)\s*([kmgt])i?b?$/i.exec(text.trim()) ?? []
  return unit === undefined ? undefined : [Number(count), unit.toLowerCase()]
}

/** Lower-cased, with one mark in place of all that is not allowed, beginning with a letter. */
function named(mark: string): Guess {
  return (text) =>
    text
      .normalize('NFD')
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, mark)
      .replace(/^[^a-z]+/, '')
      .replace(/[^a-z0-9]+$/, '')
      .slice(0, 63)
}

const PERIODS: Readonly<Record<string, string>> = { d: 'day', w: 'week', m: 'month', b: 'backup' }

/** `7`, `7d`, `2 Weeks` → `7 days`, `2 weeks`. */
function period(text: string): string | undefined {
  const [, count, unit = 'd'] = /^(\d+)\s*([a-z])?[a-z]*$/i.exec(text.trim()) ?? []
  const word = PERIODS[unit.toLowerCase()]
  return count === undefined || word === undefined ? undefined : `${count} ${word}${count === '1' ? '' : 's'}`
}

function walSize(text: string): string | undefined {
  if (/^\d+$/.test(text)) return `${text}MB`
  const [count, unit] = sizeIn(text) ?? []
  return count === undefined ? undefined : `${count}${unit?.toUpperCase()}B`
}

const DELAYS: Readonly<Record<string, string>> = { s: 's', m: 'min', h: 'h', d: 'd' }

function delay(text: string): string | undefined {
  const [, count, unit = 's'] = /^(\d+)\s*([smhd])?[a-z]*$/i.exec(text.trim()) ?? []
  return count === undefined ? undefined : `${count}${DELAYS[unit.toLowerCase()]}`
}

/** `ru_RU`, `en_us.utf8` → `ru_RU.UTF-8`. */
function locale(text: string): string | undefined {
  const [, language = '', country] = /^([a-z]+)(?:[_-]([a-z]{2}))?(?:\.\S*)?$/i.exec(text) ?? []
  const isPosix = /^(c|posix)$/i.test(language)
  if (isPosix) return 'C.UTF-8'
  return country && `${language.toLowerCase()}_${country.toUpperCase()}.UTF-8`
}

/** `moscow`, `europe/moscow`, `Europe/Moskow` → `Europe/Moscow`. */
function zone(text: string): string | undefined {
  const zones = ['UTC', ...Intl.supportedValuesOf('timeZone')]
  const city = text.trim().replaceAll(' ', '_').toLowerCase()
  return zones.find((name) => name.toLowerCase().split('/').at(-1) === city) ?? closest(text, zones)
}

const SHORT_TIMES = table({
  '@hourly': '0 * * * *',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@weekly': '0 0 * * 0',
  '@monthly': '0 0 1 * *',
  daily: '0 0 * * *',
  hourly: '0 * * * *',
  weekly: '0 0 * * 0',
})

/** `@daily`, `03:30` → five fields. */
function crontab(text: string): string | undefined {
  const [, hour, minute] = /^(\d{1,2}):(\d\d)$/.exec(text.trim()) ?? []
  const words =
    hour === undefined
      ? SHORT_TIMES.get(text.trim().toLowerCase())
      : `${Number(minute)} ${Number(hour)} * * *`
  return words ?? text.trim().replaceAll(/\s+/g, ' ')
}

const GUESSES: readonly (readonly [Format, Guess])[] = [
  [FORMATS.hostName, named('-')],
  [FORMATS.identifier, named('_')],
  [FORMATS.slot, named('_')],
  [FORMATS.barmanServer, named('-')],
  [FORMATS.subnet, (text) => `${text.trim()}/24`],
  [FORMATS.walSize, walSize],
  [FORMATS.applyDelay, delay],
  [FORMATS.retention, period],
  [FORMATS.locale, locale],
  [FORMATS.url, (text) => `http://${text.trim()}`],
]

const TRUTHS = table({ true: true, yes: true, on: true, false: false, no: false, off: false })

/** What a setting of another type may be written as: by the name the schema library has for that type. */
const BY_TYPE: Readonly<Record<string, (given: unknown) => unknown>> = {
  number: numberIn,
  boolean: (given) => TRUTHS.get(String(given)),
  array: (given) =>
    typeof given === 'number' && given >= 0 && given <= 8 ? Array(given).fill({}) : undefined,
}

/** `"1GB"` → 1024 where megabytes are counted, `"2"` → 2. */
function numberIn(given: unknown): number | undefined {
  if (typeof given !== 'string') return undefined
  const [count, unit = ''] = sizeIn(given) ?? []
  if (count !== undefined) return count * (UNIT_MB[unit] ?? Number.NaN)
  return /^\s*\d+\s*$/.test(given) ? Number(given) : undefined
}

/**
 * The nearest value of the right form.
 * @param given what stands in the config
 * @param wanted the type that is asked for, or the words of the format
 * @returns `undefined` when none is near
 */
export function nearest(given: unknown, wanted: string): unknown {
  const byType = BY_TYPE[wanted]?.(given)
  if (byType !== undefined) return byType
  if (typeof given !== 'string' && typeof given !== 'number') return undefined
  const text = String(given)
  if (wanted.startsWith(FORMATS.timezone.words)) return right(zone(text), isTimezone)
  if (wanted.startsWith('a locale that glibc has')) return closest(text, LOCALES)
  if (wanted.startsWith('a crontab time')) return right(crontab(text), isCrontab)
  const [format, guess] = GUESSES.find(([{ words }]) => words === wanted) ?? []
  return right(guess?.(text), (made) => format?.pattern.test(made) ?? false)
}

function right(made: string | undefined, isRight: (made: string) => boolean): string | undefined {
  return made !== undefined && isRight(made) ? made : undefined
}

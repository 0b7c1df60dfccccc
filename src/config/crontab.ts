const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']

interface CronField {
  readonly min: number
  readonly max: number
  readonly names?: readonly string[]
}

/** The five fields of crontab(5): lowest and highest value, and names counted from the lowest. */
const CRON_FIELDS: readonly CronField[] = [
  { min: 0, max: 59 },
  { min: 0, max: 23 },
  { min: 1, max: 31 },
  { min: 1, max: 12, names: MONTHS },
  { min: 0, max: 7, names: DAYS },
]

const DAY_MS = 86_400_000
const MINUTES_A_DAY = 24 * 60

/** After so many days weekdays and leap days come as they did before. */
const CYCLE_DAYS = 28 * 365.25

/** Whether cron takes this as the time of a job: five fields, each inside its range. */
export function isCrontab(text: string): boolean {
  return readFields(text) !== undefined
}

/**
 * The longest time from one run of a job to the next, in minutes, by a clock that knows no summer time.
 * @param text of the five fields that `isCrontab` takes
 * @returns `undefined` for a day that never comes: February 30
 */
export function longestPause(text: string): number | undefined {
  if (!pauses.has(text)) pauses.set(text, reckonPause(text))
  return pauses.get(text)
}

/** By the times they are of: 28 years are looked through for each. */
const pauses = new Map<string, number | undefined>()

function reckonPause(text: string): number | undefined {
  const [minutes = [], hours = [], ...days] = readFields(text) ?? []
  const times = hours.flatMap((hour) => minutes.map((minute) => hour * 60 + minute))
  const [first = 0] = times
  const last = times.at(-1) ?? first
  const matching = Array.from({ length: CYCLE_DAYS }, (_, day) => day).filter((day) => isDay(text, days, day))
  const [earliest] = matching
  if (earliest === undefined) return undefined
  const overNight = gaps([...matching, earliest + CYCLE_DAYS]).map(
    (count) => count * MINUTES_A_DAY - last + first,
  )
  return Math.max(...overNight, ...gaps(times))
}

function gaps(numbers: readonly number[]): readonly number[] {
  return numbers.slice(1).map((number, at) => number - (numbers[at] ?? number))
}

/** Where day of month and day of week are both named, either will do: crontab(5). */
function isDay(
  text: string,
  [days = [], months = [], weekdays = []]: readonly number[][],
  day: number,
): boolean {
  const date = new Date(Date.UTC(2001, 0, 1) + day * DAY_MS)
  if (!months.includes(date.getUTCMonth() + 1)) return false
  const isOfMonth = days.includes(date.getUTCDate())
  const isOfWeek = weekdays.some((weekday) => weekday % 7 === date.getUTCDay())
  const [, , ofMonth = '', , ofWeek = ''] = text.split(' ')
  const isEither = !ofMonth.startsWith('*') && !ofWeek.startsWith('*')
  return isEither ? isOfMonth || isOfWeek : isOfMonth && isOfWeek
}

/** @returns the values of each field, in their order; `undefined` when cron would refuse one */
function readFields(text: string): number[][] | undefined {
  const words = text.split(' ')
  if (words.length !== CRON_FIELDS.length) return undefined
  const fields = CRON_FIELDS.map((field, at) => readField(words[at] ?? '', field))
  return fields.every((values) => values !== undefined) ? fields : undefined
}

function readField(text: string, field: CronField): number[] | undefined {
  const parts = text.split(',').map((part) => readPart(part, field))
  if (!parts.every((values) => values !== undefined)) return undefined
  return [...new Set(parts.flat())].sort((one, other) => one - other)
}

/** `*`, `5`, `mon-fri`, each with a step or without. */
function readPart(text: string, field: CronField): number[] | undefined {
  const [, range, step = '1'] = /^(\*|[A-Za-z0-9]+(?:-[A-Za-z0-9]+)?)(?:\/(\d{1,2}))?$/.exec(text) ?? []
  if (!range || Number(step) === 0) return undefined
  const ends = range === '*' ? [field.min, field.max] : range.split('-').map((end) => cronNumber(end, field))
  const [from = Number.NaN, to = from] = ends
  if (!(from >= field.min && to <= field.max && from <= to)) return undefined
  return Array.from({ length: to - from + 1 }, (_, at) => from + at).filter(
    (number) => (number - from) % Number(step) === 0,
  )
}

function cronNumber(text: string, { min, names }: CronField): number {
  const named = names?.indexOf(text.toLowerCase()) ?? -1
  if (named >= 0) return named + min
  return /^\d{1,2}$/.test(text) ? Number(text) : Number.NaN
}

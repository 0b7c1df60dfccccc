import { size } from '../units.ts'
import type { Language } from '../words/languages.ts'
import type { Course, Span } from './drill-report.ts'
import { type Markup, NOTHING, tag } from './markup.ts'
import { PICTURE_STYLE } from './page-style.ts'

const WIDTH = 640
const PLOT = { left: 64, right: 16, top: 34, height: 130, gap: 34, bottom: 40 } as const
const HEIGHT = PLOT.top + 2 * PLOT.height + PLOT.gap + PLOT.bottom
const STEPS = 2

/** Plots of less would make mountains of nothing. */
const LEAST = { writes: 10, bytes: 4 * 1024 } as const

const WORDS = {
  en: {
    writes: 'acknowledged commits a second',
    lag: 'WAL not replayed yet',
    seconds: 'seconds since the drill began',
    outage: 'no write',
    unprotected: 'not all stream',
    name: 'The drill over time',
    atMost: 'at most',
  },
  ru: {
    writes: 'подтверждённых транзакций в секунду',
    lag: 'WAL, ещё не применённый репликой',
    seconds: 'секунды с начала учения',
    outage: 'нет записи',
    unprotected: 'не все получают WAL',
    name: 'Учение во времени',
    atMost: 'не больше',
  },
} as const

/**
 * Writes a second above, lag of each standby below, and bands over both where no write was accepted and where not
 * everybody streamed.
 * @param id makes the ids of one page differ
 */
export function courseSvg(course: Course, language: Language, id: string): Markup {
  const words = WORDS[language]
  const endMs = Math.max(1_000, course.writes.length * 1_000, course.lags.at(-1)?.atMs ?? 0)
  const x = (ms: number) => PLOT.left + (Math.min(ms, endMs) / endMs) * (WIDTH - PLOT.left - PLOT.right)
  const lower = PLOT.top + PLOT.height + PLOT.gap
  const names = [...new Set(course.lags.flatMap(({ lags }) => Object.keys(lags)))]
  const most = topOf(LEAST.writes, Math.max(0, ...course.writes))
  const mostBytes = topOf(LEAST.bytes, ...names.map((name) => worstOf(course, name)))
  const y = (top: number, share: number) => top + PLOT.height * (1 - share)
  const band = (span: Span | undefined, kind: string) =>
    span
      ? tag`<rect class="band ${kind}" x="${fixed(x(span.fromMs))}" y="${PLOT.top}" width="${fixed(Math.max(1, x(span.toMs) - x(span.fromMs)))}" height="${HEIGHT - PLOT.top - PLOT.bottom}"/>`
      : NOTHING
  return tag`<svg class="plot course" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-labelledby="${id}-name ${id}-text">
<title id="${id}-name">${words.name}</title>
<desc id="${id}-text">${description(course, names, language)}</desc>
${band(course.unprotected, 'unprotected')}
${band(course.outage, 'outage')}
<text class="small" x="${PLOT.left}" y="${PLOT.top - 10}">${words.writes}</text>
${rules(most, (value) => y(PLOT.top, value / most), String)}
<path class="line line-0" d="${writesPath(course, x, (value) => y(PLOT.top, value / most))}"/>
<text class="small" x="${PLOT.left}" y="${lower - 10}">${words.lag}</text>
${rules(mostBytes, (value) => y(lower, value / mostBytes), size)}
${names.map((name, at) => lagLine(course, name, at, x, (value) => y(lower, value / mostBytes)))}
${ticks(endMs).map((second) => tag`<text class="small mid" x="${fixed(x(second * 1000))}" y="${HEIGHT - PLOT.bottom + 17}">${String(second)}</text>`)}
<text class="small" x="${PLOT.left}" y="${HEIGHT - 6}">${words.seconds}</text>
</svg>`
}

/** The key: bands, and which line is which standby. */
export function courseLegend(course: Course, language: Language): Markup {
  const words = WORDS[language]
  const names = [...new Set(course.lags.flatMap(({ lags }) => Object.keys(lags)))]
  const bands = (['outage', 'unprotected'] as const).flatMap((kind) =>
    course[kind]
      ? [
          tag`<li><svg class="key" viewBox="0 0 28 10" aria-hidden="true"><rect class="band ${kind}" width="28" height="10"/></svg> ${words[kind]}</li>`,
        ]
      : [],
  )
  const lines = names.map(
    (name, at) =>
      tag`<li><svg class="key" viewBox="0 0 28 10" aria-hidden="true"><path class="line line-${(at + 1) % 4}" d="M0 5H28"/></svg> <b>${name}</b>: ${words.atMost} ${size(worstOf(course, name))}</li>`,
  )
  return tag`<ul class="legend">${[...bands, ...lines]}</ul>`
}

/** The picture as a file of its own, with its own style. */
export function drillPicture(course: Course, language: Language): string {
  const { markup } = courseSvg(course, language, 'course')
  const alone = markup.replace('<svg ', '<svg xmlns="http://www.w3.org/2000/svg" ')
  return `${alone.replace('\n', `\n<style>${PICTURE_STYLE}</style>\n`)}\n`
}

function description(course: Course, names: readonly string[], language: Language): string {
  const words = WORDS[language]
  const spans = (['outage', 'unprotected'] as const).flatMap((kind) => {
    const span = course[kind]
    return span
      ? [`${words[kind]}: ${(span.fromMs / 1000).toFixed(1)}–${(span.toMs / 1000).toFixed(1)} s`]
      : []
  })
  const lags = names.map((name) => `${name}: ${words.atMost} ${size(worstOf(course, name))}`)
  return [...spans, ...lags].join('. ')
}

function worstOf({ lags }: Course, name: string): number {
  return Math.max(0, ...lags.map((sample) => sample.lags[name]?.bytes ?? 0))
}

function topOf(least: number, ...values: readonly number[]): number {
  let top = least
  while (top < Math.max(...values)) top *= 2
  return top
}

function rules(
  top: number,
  y: (value: number) => number,
  label: (value: number) => string,
): readonly Markup[] {
  return Array.from({ length: STEPS + 1 }, (_, at) => (top / STEPS) * at).map(
    (value) =>
      tag`<path class="rule" d="M${PLOT.left} ${fixed(y(value))}H${WIDTH - PLOT.right}"/><text class="small end" x="${PLOT.left - 8}" y="${fixed(y(value) + 4)}">${label(value)}</text>`,
  )
}

/** A second is a step: what was counted in it, from its begin to its end. */
function writesPath({ writes }: Course, x: (ms: number) => number, y: (value: number) => number): string {
  return writes
    .map((count, second) => {
      const [from, to, height] = [x(second * 1000), x((second + 1) * 1000), fixed(y(count))]
      return `${second === 0 ? 'M' : 'L'}${fixed(from)} ${height}H${fixed(to)}`
    })
    .join('')
}

function lagLine(
  { lags }: Course,
  name: string,
  at: number,
  x: (ms: number) => number,
  y: (value: number) => number,
): Markup {
  let isDrawing = false
  const path = lags.map((sample) => {
    const lag = sample.lags[name]
    const command = isDrawing ? 'L' : 'M' // a standby that was away leaves a gap
    isDrawing = lag !== undefined
    return lag ? `${command}${fixed(x(sample.atMs))} ${fixed(y(lag.bytes))}` : ''
  })
  return tag`<path class="line line-${(at + 1) % 4}" d="${path.join('')}"/>`
}

function ticks(endMs: number): readonly number[] {
  const every = [1, 2, 5, 10, 30, 60, 300].find((step) => endMs / 1000 / step <= 12) ?? 600
  return Array.from({ length: Math.floor(endMs / 1000 / every) + 1 }, (_, at) => at * every)
}

function fixed(value: number): string {
  return value.toFixed(1)
}

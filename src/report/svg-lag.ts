import { size, span } from '../units.ts'
import type { Words } from '../words/index.ts'
import { type Markup, tag } from './markup.ts'
import { type LoadReport, worstLags } from './report.ts'

const WIDTH = 640
const HEIGHT = 260
const PLOT = { left: 64, right: 16, top: 14, bottom: 40 } as const
const TICKS = 4

/** A plot of less would make mountains of an idle server's bytes. */
const LEAST_BYTES = 4 * 1024

/** Lag of each standby over time, as lines that differ in colour and in dashes. */
export function lagSvg({ samples }: LoadReport, words: Words): Markup {
  const worst = worstLags(samples)
  const endMs = Math.max(1_000, samples.at(-1)?.atMs ?? 0)
  const top = niceTop(Math.max(LEAST_BYTES, ...worst.map(({ bytes }) => bytes)))
  const x = (ms: number) => PLOT.left + (ms / endMs) * (WIDTH - PLOT.left - PLOT.right)
  const y = (bytes: number) => HEIGHT - PLOT.bottom - (bytes / top) * (HEIGHT - PLOT.top - PLOT.bottom)
  const summary = worst.map(
    ({ name, bytes, seconds }) => `${name}: ${words.atMost(size(bytes), span(seconds))}`,
  )
  return tag`<svg class="plot" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-labelledby="lag-name lag-text">
<title id="lag-name">${words.lag}</title>
<desc id="lag-text">${summary.join('. ')}</desc>
${steps(top).map((bytes) => rule(y(bytes), size(bytes)))}
${seconds(endMs).map((second) => tick(x(second * 1000), String(second)))}
<text class="small" x="${PLOT.left}" y="${HEIGHT - 6}">${words.secondsAxis}</text>
${worst.map(({ name }, at) => line(name, at, samples, x, y))}
</svg>`
}

/** The key: which line is which standby, and its worst. */
export function lagLegend({ samples }: LoadReport, words: Words): Markup {
  const rows = worstLags(samples).map(
    ({ name, bytes, seconds }, at) =>
      tag`<li><svg class="key" viewBox="0 0 28 10" aria-hidden="true"><path class="line line-${at % 4}" d="M0 5H28"/></svg> <b>${name}</b>: ${words.atMost(size(bytes), span(seconds))}</li>`,
  )
  return tag`<ul class="legend">${rows}</ul>`
}

/** The next 1, 2 or 5 of a power of two's thousand: `8 kB`, `2 MB`. */
function niceTop(bytes: number): number {
  let top = LEAST_BYTES
  while (top < bytes) top *= 2
  return top
}

function steps(top: number): readonly number[] {
  return Array.from({ length: TICKS + 1 }, (_, at) => (top / TICKS) * at)
}

function seconds(endMs: number): readonly number[] {
  const every = [1, 2, 5, 10, 30, 60, 300].find((step) => endMs / 1000 / step <= 10) ?? 600
  return Array.from({ length: Math.floor(endMs / 1000 / every) + 1 }, (_, at) => at * every)
}

function rule(y: number, label: string): Markup {
  return tag`<path class="rule" d="M${PLOT.left} ${fixed(y)}H${WIDTH - PLOT.right}"/><text class="small end" x="${PLOT.left - 8}" y="${fixed(y + 4)}">${label}</text>`
}

function tick(x: number, label: string): Markup {
  return tag`<text class="small mid" x="${fixed(x)}" y="${HEIGHT - PLOT.bottom + 17}">${label}</text>`
}

function line(
  name: string,
  at: number,
  samples: LoadReport['samples'],
  x: (ms: number) => number,
  y: (bytes: number) => number,
): Markup {
  let isDrawing = false
  const path = samples.map(({ atMs, lags }) => {
    const lag = lags[name]
    const command = isDrawing ? 'L' : 'M' // a standby that was away leaves a gap
    isDrawing = lag !== undefined
    return lag ? `${command}${fixed(x(atMs))} ${fixed(y(lag.bytes))}` : ''
  })
  return tag`<path class="line line-${at % 4}" d="${path.join('')}"/>`
}

function fixed(value: number): string {
  return value.toFixed(1)
}

import type { Words } from '../words/index.ts'
import { type Markup, tag } from './markup.ts'
import { type LoadReport, worstLags } from './report.ts'
import { amountScale, lagLine, lineKey, PLOT, roundTop, rules, timeAxis, timeScale } from './svg-plot.ts'

const TOP = 14
const HEIGHT = 200
const BOTTOM = TOP + HEIGHT

/** A plot of less would make mountains of an idle server's bytes. */
const LEAST_BYTES = 4 * 1024

/** Lag of each standby over time, as lines that differ in colour and in dashes. */
export function lagSvg({ samples }: LoadReport, words: Words): Markup {
  const worst = worstLags(samples)
  const endMs = Math.max(1_000, samples.at(-1)?.atMs ?? 0)
  const most = roundTop(
    LEAST_BYTES,
    worst.map(({ bytes }) => bytes),
  )
  const x = timeScale(0, endMs)
  const y = amountScale(TOP, most, HEIGHT)
  const summary = worst.map(
    ({ name, bytes, seconds }) => `${name}: ${words.atMost(words.size(bytes), words.span(seconds))}`,
  )
  return tag`<svg class="plot" viewBox="0 0 ${PLOT.width} ${BOTTOM + PLOT.axis}" role="img" aria-labelledby="lag-name lag-text">
<title id="lag-name">${words.lag}</title>
<desc id="lag-text">${summary.join('. ')}</desc>
${rules(most, 4, y, words.size)}
${timeAxis(0, endMs, BOTTOM, { x, words: words.secondsAxis })}
${worst.map(({ name }, at) => lagLine(samples, name, at, { x, y }))}
</svg>`
}

/** The key: which line is which standby, and its worst. */
export function lagLegend({ samples }: LoadReport, words: Words): Markup {
  const rows = worstLags(samples).map(
    ({ name, bytes, seconds }, at) =>
      tag`<li>${lineKey(at)} <b>${name}</b>: ${words.atMost(words.size(bytes), words.span(seconds))}</li>`,
  )
  return tag`<ul class="legend">${rows}</ul>`
}

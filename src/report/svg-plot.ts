import type { LagSample } from '../observe/lag.ts'
import { type Markup, tag } from './markup.ts'

/** In units of the picture. On a phone the text is larger, and has its place. */
export const PLOT = { width: 640, left: 84, right: 20, height: 130, head: 36, axis: 48 } as const

/** Where a value is drawn: a time in ms, from the left, or an amount, from the top. */
export type Scale = (value: number) => number

/** A stretch of time over the width of the plot. */
export function timeScale(fromMs: number, toMs: number): Scale {
  const inside = PLOT.width - PLOT.left - PLOT.right
  return (ms) => PLOT.left + ((Math.min(Math.max(ms, fromMs), toMs) - fromMs) / (toMs - fromMs)) * inside
}

/** From nothing to `most`, over the height of a panel. @param top its upper edge */
export function amountScale(top: number, most: number, height: number = PLOT.height): Scale {
  return (value) => top + height * (1 - value / most)
}

/** A round value no amount is above. @param least plots of less would make mountains of nothing */
export function roundTop(least: number, amounts: readonly number[]): number {
  let top = least
  while (top < Math.max(0, ...amounts)) top *= 2
  return top
}

/** Lines across, each with its value. */
export function rules(most: number, count: number, y: Scale, label: (value: number) => string): Markup {
  const values = Array.from({ length: count + 1 }, (_, at) => (most / count) * at)
  return {
    markup: values
      .map(
        (value) =>
          tag`<path class="rule" d="M${PLOT.left} ${fixed(y(value))}H${PLOT.width - PLOT.right}"/><text class="small end" x="${PLOT.left - 8}" y="${fixed(y(value) + 5)}">${label(value)}</text>`,
      )
      .map(({ markup }) => markup)
      .join('\n'),
  }
}

/** Seconds along the bottom of a panel, and what they are. @param bottom its lower edge */
export function timeAxis(
  fromMs: number,
  toMs: number,
  bottom: number,
  { x, words }: { readonly x: Scale; readonly words: string },
): Markup {
  const every = [1, 2, 5, 10, 30, 60, 300].find((step) => (toMs - fromMs) / 1000 / step <= 10) ?? 600
  const first = Math.ceil(fromMs / 1000 / every)
  const seconds = Array.from(
    { length: Math.floor(toMs / 1000 / every) - first + 1 },
    (_, at) => (first + at) * every,
  )
  const ticks = seconds.map(
    (second) =>
      tag`<text class="small mid" x="${fixed(x(second * 1000))}" y="${bottom + 19}">${String(second)}</text>`,
  )
  return tag`${ticks}<text class="small" x="${PLOT.left}" y="${bottom + 41}">${words}</text>`
}

/** Lag of one standby over time. @param at which of the kinds of lines */
export function lagLine(
  samples: readonly LagSample[],
  name: string,
  at: number,
  { x, y }: { readonly x: Scale; readonly y: Scale },
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

/** The sign of a line, for the key. */
export function lineKey(at: number): Markup {
  return tag`<svg class="key" viewBox="0 0 28 10" aria-hidden="true"><path class="line line-${at % 4}" d="M0 5H28"/></svg>`
}

export function fixed(value: number): string {
  return value.toFixed(1)
}

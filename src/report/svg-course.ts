import type { Words } from '../words/index.ts'
import type { Course, Span } from './drill-report.ts'
import { type Markup, NOTHING, tag } from './markup.ts'
import { PICTURE_STYLE } from './page-style.ts'
import {
  amountScale,
  fixed,
  lagLine,
  lineKey,
  PLOT,
  roundTop,
  rules,
  type Scale,
  timeAxis,
  timeScale,
} from './svg-plot.ts'

const LINES = 2

/** Plots of less would make mountains of nothing. */
const LEAST = { writes: 10, closeWrites: 2, bytes: 4 * 1024 } as const

const BANDS = ['outage', 'unprotected'] as const

/** A part of the picture, drawn below the one before it. */
interface Panel {
  readonly title: string
  readonly draw: (top: number) => Markup
}

/** Has anything been measured that could be drawn? */
export function hasPicture(course: Course): boolean {
  return course.writes.some((count) => count > 0) || standbysIn(course).length > 0
}

/**
 * Writes a second, lag of each standby, and bands over both where no write was accepted and where not everybody
 * streamed; below them the outage from near. What nobody measured is left out.
 * @param id makes the ids of one page differ
 */
export function courseSvg(course: Course, words: Words, id: string): Markup {
  const endMs = Math.max(1_000, course.writes.length * 1_000, course.lags.at(-1)?.atMs ?? 0)
  const x = timeScale(0, endMs)
  const panels = [...writesPanel(course, words, x), ...lagPanel(course, words, x)]
  const step = PLOT.height + PLOT.head
  const bottom = panels.length * step
  const axis = panels.length > 0 ? timeAxis(0, endMs, bottom, { x, words: words.course.seconds }) : NOTHING
  const closeTop = bottom + (panels.length > 0 ? PLOT.axis : 0)
  const close = closeUp(course, words, closeTop + PLOT.head)
  const height = closeTop + (close === NOTHING ? 0 : step + PLOT.axis)
  const band = (kind: (typeof BANDS)[number]) =>
    panels.length > 0
      ? bandOver(course[kind], kind, x, { top: PLOT.head, height: bottom - PLOT.head })
      : NOTHING
  return tag`<svg class="plot course" viewBox="0 0 ${PLOT.width} ${height}" role="img" aria-labelledby="${id}-name ${id}-text">
<title id="${id}-name">${words.course.name}</title>
<desc id="${id}-text">${description(course, words)}</desc>
${[band('unprotected'), band('outage')]}
${panels.map((panel, at) => drawPanel(panel, at * step + PLOT.head))}
${axis}
${close}
</svg>`
}

function drawPanel({ title, draw }: Panel, top: number): Markup {
  return tag`<text class="small" x="${PLOT.left}" y="${top - 12}">${title}</text>
${draw(top)}`
}

function writesPanel({ writes }: Course, words: Words, x: Scale): readonly Panel[] {
  if (writes.every((count) => count === 0)) return []
  const most = roundTop(LEAST.writes, writes)
  const draw = (top: number) => {
    const y = amountScale(top, most)
    return tag`${rules(most, LINES, y, String)}
<path class="line line-0" d="${stairs(writes, { fromMs: 0, stepMs: 1_000 }, x, y)}"/>`
  }
  return [{ title: words.course.writes, draw }]
}

function lagPanel(course: Course, words: Words, x: Scale): readonly Panel[] {
  const names = standbysIn(course)
  if (names.length === 0) return []
  const most = roundTop(
    LEAST.bytes,
    names.map((name) => worstOf(course, name)),
  )
  const draw = (top: number) => {
    const y = amountScale(top, most)
    return tag`${rules(most, LINES, y, words.size)}
${names.map((name, at) => lagLine(course.lags, name, at + 1, { x, y }))}`
  }
  return [{ title: words.course.lag, draw }]
}

/** The outage and what is around it, in steps that show it; its length is written over it. */
function closeUp({ outage, close }: Course, words: Words, top: number): Markup {
  if (!outage || !close || close.writes.length === 0) return NOTHING
  const { fromMs, stepMs, writes } = close
  const toMs = fromMs + writes.length * stepMs
  const most = roundTop(LEAST.closeWrites, writes)
  const x = timeScale(fromMs, toMs)
  const y = amountScale(top, most)
  const bottom = top + PLOT.height
  const length = words.span((outage.toMs - outage.fromMs) / 1000)
  const middle = (x(outage.fromMs) + x(outage.toMs)) / 2
  const panel: Panel = {
    title: words.course.close(stepMs),
    draw: () => tag`${rules(most, LINES, y, String)}
<path class="line line-0" d="${stairs(writes, close, x, y)}"/>
<path class="mark" d="M${fixed(x(outage.fromMs))} ${top + 26}v12m0-6H${fixed(x(outage.toMs))}m0-6v12"/>
<text class="small mid" x="${fixed(Math.min(Math.max(middle, 240), PLOT.width - 170))}" y="${top + 20}">${words.course.outageFor(length)}</text>`,
  }
  return tag`${bandOver(outage, 'outage', x, { top, height: PLOT.height })}
${drawPanel(panel, top)}
${timeAxis(fromMs, toMs, bottom, { x, words: words.course.seconds })}`
}

function bandOver(
  span: Span | undefined,
  kind: (typeof BANDS)[number],
  x: Scale,
  { top, height }: { readonly top: number; readonly height: number },
): Markup {
  if (!span) return NOTHING
  const width = Math.max(1, x(span.toMs) - x(span.fromMs))
  return tag`<rect class="band ${kind}" x="${fixed(x(span.fromMs))}" y="${top}" width="${fixed(width)}" height="${height}"/>`
}

/** The key: bands, and which line is which standby. */
export function courseLegend(course: Course, words: Words): Markup {
  const bands = BANDS.flatMap((kind) =>
    course[kind]
      ? [
          tag`<li><svg class="key" viewBox="0 0 28 10" aria-hidden="true"><rect class="band ${kind}" width="28" height="10"/></svg> ${words.course[kind]}</li>`,
        ]
      : [],
  )
  const lines = standbysIn(course).map(
    (name, at) =>
      tag`<li>${lineKey(at + 1)} <b>${name}</b>: ${words.course.atMost(words.size(worstOf(course, name)))}</li>`,
  )
  return tag`<ul class="legend">${[...bands, ...lines]}</ul>`
}

/** The picture as a file of its own, with its own style. */
export function drillPicture(course: Course, words: Words): string {
  const { markup } = courseSvg(course, words, 'course')
  const alone = markup.replace('<svg ', '<svg xmlns="http://www.w3.org/2000/svg" ')
  return `${alone.replace('\n', `\n<style>${PICTURE_STYLE}</style>\n`)}\n`
}

function description(course: Course, words: Words): string {
  const spans = BANDS.flatMap((kind) => {
    const span = course[kind]
    return span ? [`${words.course[kind]}: ${words.seconds(span.fromMs)} – ${words.seconds(span.toMs)}`] : []
  })
  const lags = standbysIn(course).map(
    (name) => `${name}: ${words.course.atMost(words.size(worstOf(course, name)))}`,
  )
  return [...spans, ...lags].join('. ')
}

function standbysIn({ lags }: Course): readonly string[] {
  return [...new Set(lags.flatMap((sample) => Object.keys(sample.lags)))]
}

function worstOf({ lags }: Course, name: string): number {
  return Math.max(0, ...lags.map((sample) => sample.lags[name]?.bytes ?? 0))
}

/** What was counted in each step, from its begin to its end. */
function stairs(
  counts: readonly number[],
  { fromMs, stepMs }: { readonly fromMs: number; readonly stepMs: number },
  x: Scale,
  y: Scale,
): string {
  return counts
    .map((count, at) => {
      const [from, to] = [fromMs + at * stepMs, fromMs + (at + 1) * stepMs]
      return `${at === 0 ? 'M' : 'L'}${fixed(x(from))} ${fixed(y(count))}H${fixed(x(to))}`
    })
    .join('')
}

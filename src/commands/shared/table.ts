import type { Paint } from '../../paint.ts'
import { oneLine } from '../../tools/process/clean-output.ts'
import type { Context } from './context.ts'

type Style = Parameters<Paint>[0] | undefined
export type Cell = string | { readonly text: string; readonly style: Style }

/** Of what no terminal shows. */
const WIDTH_OF_A_FILE = 160

/** How many columns there are for what is printed. */
export function widthOf({ columns = WIDTH_OF_A_FILE }: Context['stdout']): number {
  return columns
}

/** The columns of a table; where it is too wide, those with the highest number go first, those with 0 never. */
export type Columns = readonly (readonly [title: string, dropped: number])[]

function textOf(cell: Cell | undefined): string {
  return typeof cell === 'object' ? oneLine(cell.text) || cell.text : oneLine(cell ?? '')
}

const GAP = 2

function widthsOf(columns: Columns, body: readonly (readonly Cell[])[]): readonly number[] {
  return columns.map(([title], at) => Math.max(title.length, ...body.map((row) => textOf(row[at]).length)))
}

/** Which columns say anything, as far as there is room for them. */
function columnsThatFit(
  columns: Columns,
  body: readonly (readonly Cell[])[],
  width: number,
): readonly number[] {
  const widths = widthsOf(columns, body)
  let kept = columns.flatMap((_, at) => (body.some((row) => textOf(row[at]) !== '') ? [at] : []))
  const needed = () => kept.reduce((sum, at) => sum + (widths[at] ?? 0) + GAP, -GAP)
  for (
    let rank = Math.max(...columns.map(([, dropped]) => dropped));
    rank > 0 && needed() > width;
    rank -= 1
  ) {
    kept = kept.filter((at) => columns[at]?.[1] !== rank)
  }
  return kept
}

/** A row a line, under titles; no line is longer than the terminal. */
export function fittedTable(
  columns: Columns,
  body: readonly (readonly Cell[])[],
  { paint, width }: { readonly paint: Paint; readonly width: number },
): readonly string[] {
  const kept = columnsThatFit(columns, body, width)
  const titles = columns.map(([title]): Cell => ({ text: title, style: 'dim' }))
  const rows = [titles, ...body].map((row) => kept.map((at) => row[at] ?? ''))
  const all = widthsOf(columns, body)
  const widths = kept.map((at) => all[at] ?? 0)
  return rows.map((row) => {
    let left = width
    const cells = row.map((cell, at) => {
      const gap = at === 0 ? 0 : GAP
      if (left <= gap) return ''
      const text = cut(textOf(cell).padEnd(widths[at] ?? 0), left - gap)
      left -= text.length + gap
      const style = typeof cell === 'object' ? cell.style : undefined
      return `${' '.repeat(gap)}${style && text.trim() ? paint(style, text) : text}`
    })
    return cells.join('').trimEnd()
  })
}

/** With a sign where something is missing. */
export function cut(text: string, width: number): string {
  const line = text.trimEnd()
  if (line.length <= width) return text.slice(0, Math.max(0, width))
  return `${line.slice(0, Math.max(0, width - 1))}…`
}

/** A place in a text, both counted from 1. */
export interface Position {
  readonly line: number
  readonly column: number
}

const LONGEST_LINE = 160

/** The place of a character, given its index from 0. */
export function positionAt(text: string, offset: number): Position {
  const before = text.slice(0, offset).split('\n')
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 }
}

/** The line of a place between its neighbours, with a caret under the place. Of a minified file, what is around it. */
export function codeFrame(text: string, { line, column }: Position): string {
  const lines = text.split(/\r?\n/)
  const shown = [line - 1, line, line + 1].filter((number) => lines[number - 1] !== undefined)
  if (shown.some((number) => (lines[number - 1]?.length ?? 0) > LONGEST_LINE)) {
    const from = Math.max(0, column - 1 - LONGEST_LINE / 4)
    const cut = lines[line - 1]?.slice(from, from + LONGEST_LINE / 2).replaceAll('\t', ' ') ?? ''
    return `> ${line} | …${cut}…\n  ${' '.repeat(String(line).length)} | ${' '.repeat(column - from)}^`
  }
  const width = String(shown.at(-1)).length
  return shown
    .flatMap((number) => {
      const mark = number === line ? '>' : ' '
      const code = lines[number - 1]?.replaceAll('\t', ' ') ?? ''
      const row = `${mark} ${String(number).padStart(width)} | ${code}`.trimEnd()
      return number === line ? [row, `  ${' '.repeat(width)} | ${' '.repeat(column - 1)}^`] : [row]
    })
    .join('\n')
}

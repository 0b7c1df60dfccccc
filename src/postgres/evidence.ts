import { shellWord } from '../tools/process/quote.ts'
/** The command that showed something, as a person would type it on the node, and what it printed. */
export interface Evidence {
  readonly command: string
  readonly output: string
}

/** Evidence of a query: the psql command with the very SQL that ran, and its rows as psql prints them. */
export function psqlEvidence(sql: string, rows: readonly object[], database?: string): Evidence {
  const oneLine = sql.replace(/\s+/g, ' ').trim()
  const where = database === undefined ? '' : `-d ${shellWord(database)} `
  return { command: `sudo -u postgres psql ${where}-c ${shellWord(oneLine)}`, output: table(rows) }
}

function table(rows: readonly object[]): string {
  const names = Object.keys(rows[0] ?? {})
  const cells = rows.map((row) => names.map((name) => cellText((row as Record<string, unknown>)[name])))
  const widths = names.map((name, at) => Math.max(name.length, ...cells.map((line) => line[at]?.length ?? 0)))
  const print = (line: readonly string[]) =>
    ` ${line.map((text, at) => text.padEnd(widths[at] ?? 0)).join(' | ')}`.trimEnd()
  const rule = widths.map((width) => '-'.repeat(width + 2)).join('+')
  const count = rows.length === 1 ? '(1 row)' : `(${rows.length} rows)`
  return names.length === 0 ? count : [print(names), rule, ...cells.map(print), count].join('\n')
}

function cellText(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'boolean') return value ? 't' : 'f'
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

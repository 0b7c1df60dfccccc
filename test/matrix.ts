/**
 * `npm run test:matrix`: control hosts by guests on the docker provider, one cell after another. Prints what was
 * measured as the table of docs/compatibility.md, and counts in its last line: `N passed, N failed`.
 *
 *   npm run test:matrix                         each control host and each guest at least once
 *   npm run test:matrix -- --all                every cell
 *   npm run test:matrix -- 2.19:debian-13 …     these cells
 *   npm run test:matrix -- --write …            and puts them into the table of docs/compatibility.md
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { ALL_CELLS, EACH_ONCE } from './matrix/axes.ts'
import { CELLS, RESULTS, type Row } from './matrix/row.ts'
import { installTools, step } from './support/tools.ts'
import { conclude, vitest } from './support/vitest.ts'

const COLUMNS: readonly (readonly [title: string, of: (row: Partial<Row>) => unknown])[] = [
  ['ansible-core', ({ ansible }) => ansible],
  ['Python', ({ python }) => python],
  ['Vagrant', ({ vagrant }) => vagrant],
  ['Docker', ({ docker }) => docker],
  ['Node', ({ node }) => node],
  ['Guests', ({ system }) => system],
  ['PostgreSQL', ({ postgres }) => postgres],
  ['Barman', ({ barman }) => barman],
  ['Cold, s', ({ coldS }) => coldS],
  [
    'Again, by hand: changed',
    ({ changed, changedByHand }) => changed !== undefined && `${changed}, ${changedByHand}`,
  ],
  ['`vagrant up` alone', ({ plain }) => plain],
  ['Switchover', ({ switchover }) => switchover],
  ['Failover, RTO', ({ rto }) => rto],
  ['Restore exact', ({ restored }) => restored],
]
const PAGE = 'docs/compatibility.md'
const BETWEEN_MARKS = /(?<=<!-- matrix -->\n)[\s\S]*(?=<!-- \/matrix -->)/

function readRows(folder: string): readonly Partial<Row>[] {
  const names = readdirSync(folder).filter((name) => name.endsWith('.row.json'))
  return names.sort().map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')))
}

/** A line of the table, cell by cell; what was not reached is a dash. */
type Line = readonly string[]

const lineOf = (row: Partial<Row>): Line => COLUMNS.map(([, of]) => String(of(row) || '–'))

/** A Markdown table. */
function table(lines: readonly Line[]): string {
  const titles = COLUMNS.map(([title]) => title)
  const all = [titles, COLUMNS.map(() => '---'), ...lines]
  return all.map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

/** The lines that a page has, without titles. */
function linesIn(page: string): readonly Line[] {
  const [text = ''] = BETWEEN_MARKS.exec(page) ?? []
  const lines = text.split('\n').filter((line) => line.startsWith('|'))
  return lines.slice(2).map((line) => line.slice(2, -2).split(' | '))
}

/** Which cell of the matrix a line is of: its versions without what changes from week to week. */
function cellOf(line: Line): string {
  const named = (title: string) => line[COLUMNS.findIndex(([one]) => one === title)] ?? ''
  const majors = ['Docker', 'PostgreSQL'].map((title) => named(title).split('.')[0])
  return [named('ansible-core').split('.').slice(0, 2).join('.'), named('Guests'), ...majors].join()
}

/** Lines of this run in place of older ones of the same cell. */
function merged(old: readonly Line[], made: readonly Line[]): readonly Line[] {
  const cells = new Map([...old, ...made].map((line) => [cellOf(line), line]))
  return [...cells].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, line]) => line)
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { all: { type: 'boolean' }, write: { type: 'boolean' } },
})
const unknown = positionals.filter((cell) => !ALL_CELLS.includes(cell))
if (unknown.length > 0) {
  console.error(`No such cell: ${unknown.join(', ')}. There are ${ALL_CELLS.join(', ')}.`)
  process.exit(2)
}
const cells = values.all ? ALL_CELLS : positionals.length > 0 ? positionals : EACH_ONCE
const results = mkdtempSync(join(tmpdir(), 'pg-lab-matrix-'))
const setUp = [
  step('node', ['dist/pg-lab.js', 'doctor', '--fix']),
  installTools({ mmdebstrap: 'mmdebstrap' }), // makes the control hosts
]
// In turns: side by side each would tell how long it waited for the other.
const counts = vitest('matrix', {
  results,
  options: ['--no-file-parallelism'],
  env: { ...process.env, [RESULTS]: results, [CELLS]: cells.join(',') },
})
const made = readRows(results).map(lineOf)
console.log(`\n${table(made)}`)
if (values.write) {
  const page = readFileSync(PAGE, 'utf8')
  writeFileSync(PAGE, page.replace(BETWEEN_MARKS, `\n${table(merged(linesIn(page), made))}\n\n`))
}
rmSync(results, { recursive: true })
conclude([...setUp, counts])

/**
 * `npm run test:matrix`: control hosts by guests on the docker provider, one cell after another. Prints what was
 * measured as the table of docs/compatibility.md, and counts in its last line: `N passed, N failed`.
 *
 *   npm run test:matrix                         each control host and each guest at least once
 *   npm run test:matrix -- --all                every cell
 *   npm run test:matrix -- 2.19:debian-13 …     these cells
 *   npm run test:matrix -- --write …            and puts the table into docs/compatibility.md
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

/** A Markdown table; what was not reached is a dash. */
function table(rows: readonly Partial<Row>[]): string {
  const lines = [
    COLUMNS.map(([title]) => title),
    COLUMNS.map(() => '---'),
    ...rows.map((row) => COLUMNS.map(([, of]) => String(of(row) || '–'))),
  ]
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n')
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
const made = table(readRows(results))
console.log(`\n${made}`)
if (values.write) writeFileSync(PAGE, readFileSync(PAGE, 'utf8').replace(BETWEEN_MARKS, `\n${made}\n\n`))
rmSync(results, { recursive: true })
conclude([...setUp, counts])

/**
 * `npm run test:matrix`: each system on the docker provider, one after another. Prints what was measured as the table of
 * docs/compatibility.md, and counts in its last line: `N passed, N failed`.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { RESULTS, type Row } from './matrix/row.ts'
import { step } from './support/tools.ts'
import { conclude, vitest } from './support/vitest.ts'

const COLUMNS: readonly (readonly [title: string, of: (row: Partial<Row>) => unknown])[] = [
  ['System', ({ system }) => system],
  ['PostgreSQL', ({ postgres }) => postgres],
  ['Barman', ({ barman }) => barman],
  ['Cold, s', ({ coldS }) => coldS],
  ['Second run, changed', ({ changed }) => changed],
  ['Failover, RTO', ({ rto }) => rto],
  ['Restore exact', ({ restored }) => restored],
]

function readRows(folder: string): readonly Partial<Row>[] {
  const names = readdirSync(folder).filter((name) => name.endsWith('.row.json'))
  return names.sort().map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')))
}

/** A Markdown table; what was not reached is a dash. */
function table(rows: readonly Partial<Row>[]): string {
  const lines = [
    COLUMNS.map(([title]) => title),
    COLUMNS.map(() => '---'),
    ...rows.map((row) => COLUMNS.map(([, of]) => String(of(row) ?? '–'))),
  ]
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

const results = mkdtempSync(join(tmpdir(), 'pg-lab-matrix-'))
const setUp = step('node', ['dist/pg-lab.js', 'doctor', '--fix'])
// In turns: side by side each would tell how long it waited for the other.
const counts = vitest('matrix', {
  results,
  options: ['--no-file-parallelism'],
  env: { ...process.env, [RESULTS]: results },
})
console.log(`\n${table(readRows(results))}`)
rmSync(results, { recursive: true })
conclude([setUp, counts])

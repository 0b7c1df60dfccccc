/**
 * `npm run test:matrix`: each system on the docker provider, two at a time. Prints what was measured as the table
 * of docs/compatibility.md, and counts in its last line: `N passed, N failed`.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { RESULTS, type Row } from './matrix/row.ts'
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
// Two at a time: while one system waits for its packages, the other has the processors.
const counts = vitest('matrix', {
  results,
  options: ['--maxWorkers=2'],
  env: { ...process.env, [RESULTS]: results },
})
console.log(`\n${table(readRows(results))}`)
rmSync(results, { recursive: true })
conclude([counts])

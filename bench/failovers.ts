/**
 * `npm run bench:failovers -- --times 10 --mode sync`: loses the master again and again, and prints what each time cost
 * as a table. After each the newest backup is restored up to now, over all timelines, and its rows are compared: that
 * proves the archive has no gap. Exits with 1 where two servers took writes at once, a restore was not good, or sync
 * mode lost an acknowledged commit.
 *
 * --times (2), --mode async or sync (async), --how process, machine or network (process), --os (debian-12),
 * --lab <folder> of a lab that is up, instead of a new one.
 */
import { parseArgs } from 'node:util'
import { newestFigures } from '../test/support/drill-pages.ts'
import { type BenchLab, withLab } from './lab.ts'

const { values } = parseArgs({
  options: {
    times: { type: 'string', default: '2' },
    mode: { type: 'string', default: 'async' },
    how: { type: 'string', default: 'process' },
    os: { type: 'string', default: 'debian-12' },
    lab: { type: 'string' },
  },
})

const COLUMNS = [
  'Writes were refused for (RTO)',
  'Acknowledged commits lost (RPO)',
  'Sent, but never answered',
  'Everybody streamed again, after the disaster',
  'Two servers took writes at the same time',
]

function isRestorable(lab: BenchLab): boolean {
  try {
    lab.pgLab('verify', '--only', 'restore')
    return true
  } catch (error) {
    console.error(error)
    return false
  }
}

const config = {
  name: 'bench-failovers',
  provider: 'docker',
  os: values.os,
  network: { subnet: '10.97.52.0/24' },
  replication: { mode: values.mode },
}
let isGood = true
withLab(values.lab, config, (lab) => {
  console.log(`| # | ${COLUMNS.join(' | ')} | Restored to a moment after it |`)
  console.log(`|${' --- |'.repeat(COLUMNS.length + 2)}`)
  for (let turn = 1; turn <= Number(values.times); turn += 1) {
    lab.pgLab('drill', 'failover', '--how', values.how)
    const figures = newestFigures(lab.directory, 'failover')
    const restored = isRestorable(lab)
    const cells = COLUMNS.map((column) => figures.get(column) ?? 'no')
    console.log(`| ${turn} | ${cells.join(' | ')} | ${restored ? 'yes' : '**no**'} |`)
    const [, rpo = '', , , both] = cells
    isGood &&= restored && both === 'no' && (values.mode !== 'sync' || rpo.startsWith('0 of'))
  }
})
process.exitCode = isGood ? 0 : 1

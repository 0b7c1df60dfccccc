/**
 * `npm run bench:help`: how long `--help` takes beside a Node.js that does nothing, in pairs, so that a loaded computer
 * is unfair to both. Ends with 1 when the median of the ratios is above the bound.
 */
import { spawnSync } from 'node:child_process'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { seconds } from './lab.ts'

const BOUND = 1.6

const { values } = parseArgs({ options: { pairs: { type: 'string', default: '30' } } })

function milliseconds(...args: readonly string[]): number {
  return 1000 * seconds(() => spawnSync(process.execPath, args, { stdio: 'ignore' }))
}

const empty = () => milliseconds('-e', '')
const help = () => milliseconds(resolve('dist/pg-lab.js'), '--help')
empty()
help() // the first of each reads the disk
const pairs = Array.from({ length: Number(values.pairs) }, () => ({ empty: empty(), help: help() }))

const sorted = (numbers: readonly number[]) => [...numbers].sort((a, b) => a - b)
const median = (numbers: readonly number[]) => sorted(numbers)[Math.floor(numbers.length / 2)] ?? Number.NaN
const row = (title: string, numbers: readonly number[], digits: number) =>
  console.log(
    `${title.padEnd(16)}${Math.min(...numbers)
      .toFixed(digits)
      .padStart(8)}${median(numbers).toFixed(digits).padStart(8)}`,
  )

console.log(`Node.js ${process.versions.node}     min  median`)
row(
  'empty, ms',
  pairs.map((pair) => pair.empty),
  0,
)
row(
  '--help, ms',
  pairs.map((pair) => pair.help),
  0,
)
const ratios = pairs.map((pair) => pair.help / pair.empty)
row('ratio of a pair', ratios, 2)
const best = Math.min(...pairs.map((pair) => pair.help)) / Math.min(...pairs.map((pair) => pair.empty))
console.log(
  `ratio of the fastest: ${best.toFixed(2)}; of the medians: ${median(ratios).toFixed(2)}; bound: ${BOUND}`,
)
process.exitCode = median(ratios) > BOUND ? 1 : 0

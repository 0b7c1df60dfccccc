/**
 * `npm run bench`: what pg-lab costs, beside a shell script that does the same job by hand, all in one sitting, as tables.
 *
 *   npm run bench                            everything once
 *   npm run bench -- --times 3               three rounds: minimum, median, maximum
 *   npm run bench -- --only raw,warm         some measures: raw, bare, warm, up, guest, standbys, help
 *   npm run bench:previous -- <git-ref> …    the same of an older build, in turns with this one
 */
import { rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { type Figures, type Ratio, tables } from './figures.ts'
import { benchFolder, must } from './lab.ts'
import { type Build, MEASURES } from './measures.ts'

const RATIOS: readonly Ratio[] = [
  { of: 'playbook, bare machines, s', to: 'shell script, s' },
  { of: 'playbook, warm machines, s', to: 'shell script, s', bound: 0.45 },
  { of: 'playbook, eight standbys, s', to: 'playbook, one standby, s', bound: 2 },
  { of: '`--help`, ms', to: 'an empty Node.js, ms', bound: 1.6 },
  { of: 'the idle lab’s three hosts, MB', to: 'its three hosts, MB', bound: 1.1 },
]

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    times: { type: 'string', default: '1' },
    only: { type: 'string', default: Object.keys(MEASURES).join() },
    previous: { type: 'boolean', default: false },
  },
})
const times = Number(values.times)
const wanted = values.only.split(',')
const unknown = wanted.filter((name) => !(name in MEASURES))
if (unknown.length > 0)
  fail(`No such measure: ${unknown.join(', ')}. There are ${Object.keys(MEASURES).join(', ')}.`)
if (!Number.isInteger(times) || times < 1) fail(`--times ${values.times} is not a whole number above 0.`)
const [ref] = positionals
if (values.previous !== (ref !== undefined)) fail('Usage: npm run bench:previous -- <git-ref>')

function fail(message: string): never {
  console.error(message)
  process.exit(2)
}

/** Builds what the repository was at a commit, in a folder of its own. */
function buildOf(ref: string): Build & { readonly folder: string } {
  const folder = benchFolder()
  must('git', ['clone', '--quiet', '--no-checkout', resolve('.'), folder], { cwd: '.' })
  must('git', ['checkout', '--quiet', ref], { cwd: folder })
  must('npm', ['ci'], { cwd: folder }) // builds, too
  return { folder, cli: join(folder, 'dist/pg-lab.js') }
}

const older = ref === undefined ? undefined : buildOf(must('git', ['rev-parse', ref], { cwd: '.' }).trim())
const rounds: Figures[] = []
const olderRounds: Figures[] = []
try {
  for (let turn = 1; turn <= times; turn += 1) {
    for (const name of wanted) {
      console.error(`${turn} of ${times}: ${name}`)
      const measure = MEASURES[name]
      if (measure === undefined) continue
      rounds.push(measure({ cli: resolve('dist/pg-lab.js') }))
      if (older !== undefined && name !== 'raw') olderRounds.push(measure(older)) // the script is the same
    }
  }
} finally {
  if (older !== undefined) rmSync(older.folder, { recursive: true })
}
console.log(tables(rounds, olderRounds, RATIOS))

/**
 * `npm test`: everything, in the order in which it fails fastest. Installs what the tests need, then runs the
 * checks, the units, and the real lab. The last line counts: `N passed, N failed`.
 */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { installTools, LINTERS, step } from './support/tools.ts'
import { conclude, vitest } from './support/vitest.ts'

const results = mkdtempSync(join(tmpdir(), 'pg-lab-test-'))

/** What the tests need beyond what a lab needs: program → Debian package. */
const TEST_TOOLS: Record<string, string> = {
  ...LINTERS,
  psql: 'postgresql-client',
  openssl: 'openssl',
  pg_createcluster: 'postgresql', // its parsers read what we write
  chromium: 'chromium',
  tmux: 'tmux',
  tcsh: 'tcsh', // login shells that quote in their own way
  fish: 'fish',
  zsh: 'zsh', // completion is tried in it
}

/** The other majors of `engines`, fetched from npm. */
const OTHER_NODES = [20, 22, 24].filter((major) => major !== Number.parseInt(process.versions.node, 10))

/** Loading configs, the command line, running processes, generating and writing files: what Node.js has a say in. */
const NODE_UNITS = [
  'test/cli.test.ts',
  'test/config/',
  ...readdirSync('test/generate', { recursive: true, encoding: 'utf8' })
    // Their time goes to Ruby and Python, which are the same whatever Node.js is.
    .filter((name) => name.endsWith('.test.ts') && !/\b(hostile|vagrantfile)\./.test(name))
    .map((name) => `test/generate/${name}`),
  'test/resolve/resolve-lab.test.ts',
  'test/tasks/',
  'test/tools/process/run.test.ts',
  'test/tools/process/signals.test.ts',
]

const END_TO_END = readdirSync('test/e2e').flatMap((name) =>
  name.endsWith('.test.ts') ? [`test/e2e/${name}`] : [],
)
const WITHOUT_LABS = ['test/e2e/generated-tree.test.ts', 'test/e2e/tarball.test.ts']
/** The rehearsals are not of this project of Vitest. */
const WITH_LABS = END_TO_END.filter((file) => !WITHOUT_LABS.includes(file))

const steps = [
  () => step('node', ['dist/pg-lab.js', 'doctor', '--fix']),
  () => installTools(TEST_TOOLS),
  () => step('npm', ['run', 'check']),
  () => vitest('unit', { results }),
  // Side by side even on two processors: half of their time they wait for signals.
  ...OTHER_NODES.map((node) => () => {
    return vitest('unit', { results, options: [...NODE_UNITS, '--maxWorkers=2'], node })
  }),
  // A new lab takes addresses that are free: those of labs that come and go meanwhile would be in its way.
  () => vitest('e2e', { results, options: [...WITHOUT_LABS, '--no-file-parallelism'] }),
  // The longest beside all the others in turn: each has its addresses, and is idle half of its time.
  () => vitest('e2e', { results, options: [...WITH_LABS, '--maxWorkers=2'] }),
]
const counts = steps.map((each) => each())
rmSync(results, { recursive: true })
conclude(counts)

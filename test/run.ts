/**
 * `npm test`: everything, in the order in which it fails fastest. Installs what the tests need, then runs the
 * checks, the units, and the real lab. The last line counts: `N passed, N failed`.
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { type Counts, conclude, run, vitest } from './support/vitest.ts'

const results = mkdtempSync(join(tmpdir(), 'pg-lab-test-'))

/** A step that is one test: it passes or it does not. */
function step(command: string, args: readonly string[]): Counts {
  const passed = run(command, args)
  return { passed: Number(passed), failed: Number(!passed) }
}

/** What the tests need beyond what a lab needs: program → Debian package. */
const TEST_TOOLS: Record<string, string> = {
  'ansible-lint': 'ansible-lint',
  yamllint: 'yamllint',
  shellcheck: 'shellcheck',
  psql: 'postgresql-client',
  openssl: 'openssl',
  pg_createcluster: 'postgresql', // its parsers read what we write
  chromium: 'chromium',
}

function isInstalled(program: string): boolean {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, program)))
}

function installTestTools(): Counts {
  const missing = Object.keys(TEST_TOOLS).filter((program) => !isInstalled(program))
  if (missing.length === 0) return { passed: 1, failed: 0 }
  const sudo = process.getuid?.() === 0 ? [] : ['sudo']
  const packages = missing.map((program) => String(TEST_TOOLS[program]))
  const aptGet = [...sudo, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', '-q']
  run(aptGet[0] ?? '', [...aptGet.slice(1), 'update'])
  return step(aptGet[0] ?? '', [...aptGet.slice(1), 'install', '-y', '--no-install-recommends', ...packages])
}

const steps = [
  () => step('node', ['dist/pg-lab.js', 'doctor', '--fix']),
  installTestTools,
  () => step('npm', ['run', 'check']),
  () => vitest('unit', { results }),
  // The labs take turns: they share addresses, and time on a small computer.
  () => vitest('e2e', { results, options: ['--no-file-parallelism'] }),
]
const counts = steps.map((each) => each())
rmSync(results, { recursive: true })
conclude(counts)

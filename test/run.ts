/**
 * `npm test`: everything, in the order in which it fails fastest. Installs what the tests need, then runs the
 * checks, the units, and the real lab. The last line counts: `N passed, N failed`.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { installTools, step } from './support/tools.ts'
import { conclude, vitest } from './support/vitest.ts'

const results = mkdtempSync(join(tmpdir(), 'pg-lab-test-'))

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

const steps = [
  () => step('node', ['dist/pg-lab.js', 'doctor', '--fix']),
  () => installTools(TEST_TOOLS),
  () => step('npm', ['run', 'check']),
  () => vitest('unit', { results }),
  // The labs take turns: they share addresses, and time on a small computer.
  () => vitest('e2e', { results, options: ['--no-file-parallelism'] }),
]
const counts = steps.map((each) => each())
rmSync(results, { recursive: true })
conclude(counts)

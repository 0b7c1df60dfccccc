/**
 * `npm test`: everything, in the order in which it fails fastest. Installs what the tests need, then runs the
 * checks, the units, and the real lab. The last line counts: `N passed, N failed`.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'

interface Counts {
  passed: number
  failed: number
}

const results = mkdtempSync(join(tmpdir(), 'pg-lab-test-'))

function run(command: string, args: readonly string[]): boolean {
  console.log(`\n> ${command} ${args.join(' ')}`)
  return spawnSync(command, args, { stdio: ['ignore', 'inherit', 'inherit'] }).status === 0
}

/** A step that is one test: it passes or it does not. */
function step(command: string, args: readonly string[]): Counts {
  const passed = run(command, args)
  return { passed: Number(passed), failed: Number(!passed) }
}

/** The tests of one vitest project, counted by its own report. */
function vitest(project: string, ...options: string[]): Counts {
  const file = join(results, `${project}.json`)
  const args = [
    'vitest',
    'run',
    '--project',
    project,
    ...options,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${file}`,
  ]
  const passed = run('npx', args)
  try {
    const report = JSON.parse(readFileSync(file, 'utf8'))
    const failed = report.numFailedTests + report.numFailedTestSuites
    return { passed: report.numPassedTests, failed: passed ? failed : Math.max(1, failed) }
  } catch {
    return { passed: 0, failed: 1 }
  }
}

/** What the tests need beyond what a lab needs: program → Debian package. */
const TEST_TOOLS: Record<string, string> = {
  'ansible-lint': 'ansible-lint',
  yamllint: 'yamllint',
  shellcheck: 'shellcheck',
  psql: 'postgresql-client',
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
  () => vitest('unit'),
  // The labs take turns: they share addresses, and time on a small computer.
  () => vitest('e2e', '--no-file-parallelism'),
]
const counts = steps.map((each) => each())
rmSync(results, { recursive: true })

const total = (key: keyof Counts) => counts.reduce((sum, count) => sum + count[key], 0)
console.log(`\n${total('passed')} passed, ${total('failed')} failed`)
process.exitCode = total('failed') > 0 ? 1 : 0

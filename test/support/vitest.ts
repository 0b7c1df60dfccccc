import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

export interface Counts {
  passed: number
  failed: number
}

/** Runs a program in our own terminal. @returns whether it succeeded */
export function run(command: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env): boolean {
  console.log(`\n> ${command} ${args.join(' ')}`)
  return spawnSync(command, args, { stdio: ['ignore', 'inherit', 'inherit'], env }).status === 0
}

interface VitestOptions {
  /** An existing folder, for vitest's own report. */
  readonly results: string
  /** Files to run, and further options. */
  readonly options?: readonly string[]
  readonly env?: NodeJS.ProcessEnv
  /** Major of Node.js, fetched from npm; the one that runs us when left out. */
  readonly node?: number
}

/** The tests of one vitest project, counted by its own report. */
export function vitest(project: string, { results, options = [], env, node }: VitestOptions): Counts {
  const file = join(results, `${project}${node ?? ''}.json`)
  // npx puts that Node.js first on PATH, so the programs that the tests start run on it too.
  const command =
    node === undefined ? ['vitest'] : ['-y', '-p', `node@${node}`, 'node', 'node_modules/vitest/vitest.mjs']
  const args = [
    ...command,
    'run',
    '--project',
    project,
    ...options,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${file}`,
  ]
  const passed = run('npx', args, env)
  try {
    const report = JSON.parse(readFileSync(file, 'utf8'))
    return { passed: report.numPassedTests, failed: failuresIn(report, passed) }
  } catch {
    return { passed: 0, failed: 1 }
  }
}

/** What vitest's report counts, as far as it matters here. */
interface VitestReport {
  readonly numFailedTests: number
  readonly numFailedTestSuites: number
  readonly numPendingTests: number
  readonly numTodoTests: number
}

/** A test that was skipped has shown nothing: that is a failure. */
export function failuresIn(report: VitestReport, passed: boolean): number {
  const { numFailedTests, numFailedTestSuites, numPendingTests, numTodoTests } = report
  const failed = numFailedTests + numFailedTestSuites + numPendingTests + numTodoTests
  return passed ? failed : Math.max(1, failed)
}

/** Prints the last line, and ends with its exit code. */
export function conclude(counts: readonly Counts[]): void {
  const total = (key: keyof Counts) => counts.reduce((sum, count) => sum + count[key], 0)
  console.log(`\n${total('passed')} passed, ${total('failed')} failed`)
  process.exitCode = total('failed') > 0 ? 1 : 0
}

import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

/** How long work takes, in seconds. */
export function seconds(work: () => void): number {
  const start = performance.now()
  work()
  return (performance.now() - start) / 1000
}

/** A new folder for what is measured; the caller deletes it. */
export function benchFolder(): string {
  return mkdtempSync(join(realpathSync(tmpdir()), 'pg-lab-bench-'))
}

/**
 * Runs a program that must succeed.
 * @returns its stdout
 * @throws Error with all it said when it fails
 */
export function must(
  file: string,
  args: readonly string[],
  { cwd, env }: { readonly cwd: string; readonly env?: Readonly<Record<string, string>> },
): string {
  const { status, stdout, stderr } = spawnSync(file, args, {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, ...env },
    maxBuffer: 64 * 1024 * 1024,
  })
  if (status !== 0) throw new Error(`${file} ${args.join(' ')} ended with ${status}\n${stdout}\n${stderr}`)
  return stdout
}

/** A lab to measure in. */
export interface BenchLab {
  readonly directory: string
  /** Runs pg-lab there. @throws Error with all it said when it fails */
  pgLab(...args: string[]): string
  /** Runs psql on a node; unaligned. */
  sql(node: string, query: string): string
  /** Peak memory of the last pg-lab there, in bytes. */
  peakBytes(): number
}

export interface BenchConfig {
  readonly name: string
  readonly [key: string]: unknown
}

/** Writes down how much memory a program had at most, in bytes, when it ends. */
const WRITE_PEAK = `import { writeFileSync } from 'node:fs'
process.on('exit', () => writeFileSync(process.env.PEAK_FILE, String(1024 * process.resourceUsage().maxRSS)))`

/**
 * A lab in a folder of its own, not up yet, that is gone when the work has ended, well or not.
 * @param cli pg-lab as `node` runs it
 */
export function withFolder<T>(
  config: BenchConfig,
  work: (lab: BenchLab) => T,
  cli = resolve('dist/pg-lab.js'),
): T {
  const directory = benchFolder()
  writeFileSync(join(directory, 'cluster.config.json'), JSON.stringify(config))
  const lab = labIn(directory, cli)
  try {
    return work(lab)
  } finally {
    lab.pgLab('destroy', '--yes')
    rmSync(directory, { recursive: true })
  }
}

function labIn(directory: string, cli: string): BenchLab {
  const peakFile = join(directory, 'peak')
  const preload = `--import=data:text/javascript,${encodeURIComponent(WRITE_PEAK)}`
  const pgLab = (...args: string[]) =>
    must('node', [preload, cli, ...args], { cwd: directory, env: { PEAK_FILE: peakFile } })
  return {
    directory,
    pgLab,
    sql: (node, query) => pgLab('psql', node, '-X', '-A', '-t', '-q', '-c', query).trim(),
    peakBytes: () => Number(readFileSync(peakFile, 'utf8')),
  }
}

/**
 * Brings up a lab of its own and deletes it afterwards, or uses the one in `existing` and leaves it.
 * @param config of the new lab
 */
export function withLab(
  existing: string | undefined,
  config: BenchConfig,
  work: (lab: BenchLab) => void,
): void {
  if (existing !== undefined) {
    work(labIn(existing, resolve('dist/pg-lab.js')))
    return
  }
  withFolder(config, (lab) => {
    lab.pgLab('up', '--install')
    work(lab)
  })
}

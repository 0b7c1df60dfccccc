import { spawnSync } from 'node:child_process'
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const CLI = resolve('dist/pg-lab.js')

/** How long work takes, in seconds. */
export function seconds(work: () => void): number {
  const start = performance.now()
  work()
  return (performance.now() - start) / 1000
}

/** A lab to measure in. */
export interface BenchLab {
  readonly directory: string
  /** Runs pg-lab there. @throws Error with all it said when it fails */
  pgLab(...args: string[]): string
  /** Runs psql on a node; unaligned. */
  sql(node: string, query: string): string
}

/**
 * Brings up a lab of its own and deletes it afterwards, or uses the one in `existing` and leaves it.
 * @param config of the new lab
 */
export function withLab(
  existing: string | undefined,
  config: { readonly name: string; readonly [key: string]: unknown },
  work: (lab: BenchLab) => void,
): void {
  const directory = existing ?? mkdtempSync(join(realpathSync(tmpdir()), 'pg-lab-bench-'))
  const pgLab = (...args: string[]) => {
    const { status, stdout, stderr } = spawnSync('node', [CLI, ...args], { cwd: directory, encoding: 'utf8' })
    if (status !== 0) throw new Error(`pg-lab ${args.join(' ')} ended with ${status}\n${stdout}\n${stderr}`)
    return stdout
  }
  const sql = (node: string, query: string) => pgLab('psql', node, '-X', '-A', '-t', '-q', '-c', query).trim()
  if (existing !== undefined) {
    work({ directory, pgLab, sql })
    return
  }
  writeFileSync(join(directory, 'cluster.config.json'), JSON.stringify(config))
  try {
    pgLab('up', '--install')
    work({ directory, pgLab, sql })
  } finally {
    pgLab('destroy', '--yes')
    rmSync(directory, { recursive: true })
  }
}

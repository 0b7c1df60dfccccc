import { isOnPath } from '../../src/tools/process/run.ts'
import { type Counts, run } from './vitest.ts'

/** A step that is one test: it passes or it does not. */
export function step(command: string, args: readonly string[]): Counts {
  const passed = run(command, args)
  return { passed: Number(passed), failed: Number(!passed) }
}

/** What `npm run check` needs beyond npm: program → Debian package. */
export const LINTERS = { 'ansible-lint': 'ansible-lint', yamllint: 'yamllint', shellcheck: 'shellcheck' }

/**
 * Installs with apt what is missing.
 * @param tools program → Debian package
 */
export function installTools(tools: Readonly<Record<string, string>>): Counts {
  const missing = Object.keys(tools).filter((program) => !isOnPath(program))
  if (missing.length === 0) return { passed: 1, failed: 0 }
  const sudo = process.getuid?.() === 0 ? [] : ['sudo']
  const packages = missing.map((program) => String(tools[program]))
  const aptGet = [...sudo, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', '-q']
  run(aptGet[0] ?? '', [...aptGet.slice(1), 'update'])
  return step(aptGet[0] ?? '', [...aptGet.slice(1), 'install', '-y', '--no-install-recommends', ...packages])
}

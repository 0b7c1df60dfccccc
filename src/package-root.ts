import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const NAME = 'create-pg-lab'

function isOurPackage(directory: string): boolean {
  const file = join(directory, 'package.json')
  if (!existsSync(file)) return false
  return (JSON.parse(readFileSync(file, 'utf8')) as { name?: unknown }).name === NAME
}

/**
 * The folder of this package, whether it runs from `src/` or bundled from `dist/`.
 * @returns an absolute path
 */
export function packageRoot(from: string = dirname(fileURLToPath(import.meta.url))): string {
  let directory = from
  while (!isOurPackage(directory)) {
    const parent = dirname(directory)
    if (parent === directory) throw new Error(`No package.json of ${NAME} above ${from}`)
    directory = parent
  }
  return directory
}

/** What `import … from 'create-pg-lab'` means inside a cluster.config.ts, so that it loads before anything is installed. */
export function packageEntry(): string {
  const root = packageRoot()
  const fromSource = fileURLToPath(import.meta.url).startsWith(join(root, 'src'))
  return fromSource ? join(root, 'src', 'index.ts') : join(root, 'dist', 'index.js')
}

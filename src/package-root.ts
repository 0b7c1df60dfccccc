import { existsSync, readFileSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
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

/** What a cluster.config.ts gets that imports create-pg-lab, so that it loads before anything is installed. */
export function packageEntry(): string {
  const root = packageRoot()
  const fromSource = fileURLToPath(import.meta.url).startsWith(join(root, 'src'))
  return fromSource ? join(root, 'src', 'index.ts') : join(root, 'dist', 'index.js')
}

function readJson(file: string): { readonly [key: string]: Record<string, unknown> | undefined } {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {}
}

/** What the folder asks for in which npm has put this package, or, as with a global installation, what npm notes there. */
function askedFor(holder: string): unknown {
  const { dependencies, devDependencies } = readJson(join(holder, 'package.json'))
  const asked = dependencies?.[NAME] ?? devDependencies?.[NAME]
  if (asked !== undefined) return asked
  const { packages } = readJson(join(holder, 'node_modules', '.package-lock.json'))
  return (packages?.[`node_modules/${NAME}`] as { resolved?: unknown } | undefined)?.resolved
}

/**
 * Where this package came from, unless a registry gave it: a tarball, or the folder of a clone.
 * @returns an absolute path
 */
export function packageFile(root: string = packageRoot()): string | undefined {
  if (basename(dirname(root)) !== 'node_modules') return root
  const holder = dirname(dirname(root))
  const asked = askedFor(holder)
  if (typeof asked !== 'string' || !asked.startsWith('file:')) return undefined
  const file = resolve(holder, asked.slice('file:'.length))
  return existsSync(file) ? file : undefined
}

function foldersAbove(directory: string): readonly string[] {
  const parent = dirname(directory)
  return parent === directory ? [directory] : [directory, ...foldersAbove(parent)]
}

/** Whether `npx create-pg-lab` finds the program from there without asking a registry. */
function isInstalledFor(directory: string): boolean {
  return foldersAbove(directory).some(
    (folder) => existsSync(join(folder, 'node_modules', NAME)) || isOurPackage(folder),
  )
}

/** How this program is called from a folder, as a registry need not have it: with nothing installed there. */
export function callWithoutInstalling(file: string | undefined): readonly string[] {
  if (file === undefined) return ['npx', NAME]
  return file.endsWith('.tgz') ? ['npx', `file:${file}`] : ['node', join(file, 'dist', `${NAME}.js`)]
}

/** What to type for `create-pg-lab` in a folder. */
export function callFrom(directory: string): readonly string[] {
  return isInstalledFor(directory) ? ['npx', NAME] : callWithoutInstalling(packageFile())
}

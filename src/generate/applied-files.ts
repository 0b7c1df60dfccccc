import { createHash } from 'node:crypto'
import { lstat, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { LAB_FILES } from '../lab-files.ts'

/** What a run of the playbook is made from, in the lab's folder: generated files, edits, and files of the user's own. */
const SOURCES = ['provisioning', 'ansible.cfg', 'Vagrantfile', 'Vagrantfile.local']

/** Passwords and keys. They are told apart by when they were written: not even a hash of one leaves its file. */
const SECRETS = [LAB_FILES.secrets.path, LAB_FILES.formerSecrets.path, LAB_FILES.tls.path]

/** Which files there were, as hashes. */
export interface AppliedFiles {
  readonly sources: string
  readonly secrets: string
}

/** Whether the playbook has to run when this file changes. @param path within the lab's folder, with `/` */
export function isSource(path: string): boolean {
  return SOURCES.some((source) => path === source || path.startsWith(`${source}/`))
}

/**
 * The state of all that a playbook applies.
 * @returns `undefined` when a part of it cannot be read, or leads out of the folder by a link: then nobody knows
 */
export async function appliedFiles(directory: string): Promise<AppliedFiles | undefined> {
  try {
    const sources = await hashOf(directory, SOURCES, async (file) => digest(await readFile(file)))
    const secrets = await hashOf(directory, SECRETS, async (file) => {
      const { size, ctimeNs } = await lstat(file, { bigint: true })
      return `${size} ${ctimeNs}`
    })
    return { sources, secrets }
  } catch {
    return undefined
  }
}

async function hashOf(
  directory: string,
  paths: readonly string[],
  describe: (file: string) => Promise<string>,
): Promise<string> {
  const files = (await Promise.all(paths.map((path) => filesIn(directory, path)))).flat().sort()
  const lines = files.map(async (path) => `${path} ${await describe(join(directory, path))}`)
  return digest((await Promise.all(lines)).join('\n'))
}

async function filesIn(directory: string, path: string): Promise<readonly string[]> {
  const found = await lstat(join(directory, path)).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  if (!found || isByProduct(path)) return []
  if (found.isFile()) return [path]
  if (!found.isDirectory()) throw new Error(`${path} is no file and no folder`)
  const names = await readdir(join(directory, path))
  return (await Promise.all(names.map((name) => filesIn(directory, `${path}/${name}`)))).flat()
}

/** Python writes these beside the plugins while they run. */
function isByProduct(path: string): boolean {
  return path.endsWith('/__pycache__')
}

function digest(text: string | Buffer): string {
  return createHash('sha256').update(text).digest('hex')
}

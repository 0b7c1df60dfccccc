import { createHash } from 'node:crypto'
import { closeSync, constants, fstatSync, lstatSync, openSync, readdirSync, readSync } from 'node:fs'
import { basename, join } from 'node:path'

/** A file of a hand-in. */
export interface SubmittedFile {
  /** Seen from the hand-in's folder, with `/`. */
  readonly path: string
  readonly sha256: string
  /** `undefined` of a binary file. */
  readonly text: string | undefined
}

/** Why something in a hand-in was not read. */
export type NotRead = 'link' | 'special' | 'too large' | 'no permission' | 'too many'

/** A hand-in as it lies in its folder: read once, and nothing in it followed or run. */
export interface Submission {
  /** Of its folder: whose it is. */
  readonly name: string
  readonly folder: string
  readonly files: readonly SubmittedFile[]
  readonly notRead: readonly { readonly path: string; readonly why: NotRead }[]
}

/** What a hand-in of this kind never needs; a larger one is read as far as this. */
const LIMITS = { fileBytes: 2_000_000, totalBytes: 40_000_000, files: 4_000, depth: 16 } as const

/** Made by programs, not handed in: git's objects are read by git. */
const SKIPPED = new Set(['.git', '.vagrant', 'node_modules'])

/** What the system says of a file that it does not open. */
const REFUSALS: Readonly<Record<string, NotRead>> = {
  EACCES: 'no permission',
  EPERM: 'no permission',
  ELOOP: 'link',
}

/** @param folder of a hand-in, from anybody: whatever is in it, this ends soon and touches nothing */
export function readSubmission(folder: string): Submission {
  const files: SubmittedFile[] = []
  const notRead: Submission['notRead'][number][] = []
  let totalBytes = 0
  const walk = (within: string, depth: number): void => {
    for (const name of namesIn(join(folder, within), () =>
      notRead.push({ path: within || '.', why: 'no permission' }),
    )) {
      if (SKIPPED.has(name)) continue
      const path = within === '' ? name : `${within}/${name}`
      const stats = lstatSync(join(folder, path), { throwIfNoEntry: false })
      if (!stats) continue
      if (stats.isDirectory() && depth < LIMITS.depth) {
        walk(path, depth + 1)
        continue
      }
      if (stats.isDirectory() || files.length >= LIMITS.files || totalBytes > LIMITS.totalBytes) {
        notRead.push({ path, why: 'too many' })
        continue
      }
      const content = readPlainFile(join(folder, path))
      if (typeof content === 'string') {
        notRead.push({ path, why: content })
        continue
      }
      totalBytes += content.length
      const sha256 = createHash('sha256').update(content).digest('hex')
      files.push({ path, sha256, text: textOf(content) })
    }
  }
  walk('', 0)
  return { name: basename(folder), folder, files, notRead: shortened(notRead) }
}

function namesIn(folder: string, refused: () => void): readonly string[] {
  try {
    return readdirSync(folder).sort()
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error
    refused()
    return []
  }
}

/** Opened without following a link, and without waiting for somebody at the other end of a pipe. */
function readPlainFile(path: string): Buffer | NotRead {
  let file: number
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  } catch (error) {
    return REFUSALS[(error as NodeJS.ErrnoException).code ?? ''] ?? 'special'
  }
  try {
    const stats = fstatSync(file)
    if (!stats.isFile()) return 'special'
    if (stats.size > LIMITS.fileBytes) return 'too large'
    const content = Buffer.alloc(stats.size)
    return content.subarray(0, readSync(file, content))
  } finally {
    closeSync(file)
  }
}

function textOf(content: Buffer): string | undefined {
  return content.includes(0) ? undefined : content.toString('utf8')
}

const MOST_TOLD = 20

/** Ten thousand links are told as twenty, and one that says so. */
function shortened(all: Submission['notRead']): Submission['notRead'] {
  const rest = all.length - MOST_TOLD
  return rest <= 0 ? all : [...all.slice(0, MOST_TOLD), { path: `+ ${rest}`, why: 'too many' }]
}

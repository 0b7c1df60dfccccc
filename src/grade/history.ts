import { cpSync, existsSync, lstatSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CommandError } from '../errors.ts'
import type { Runner } from '../tools/runner.ts'

/** A file as some commit has it. */
export interface PastFile {
  /** Its git object. */
  readonly id: string
  /** `undefined` of what no commit leads to any more. */
  readonly path: string | undefined
  readonly text: string
}

/** What git kept of a hand-in: each version of each file, deleted and forgotten ones included. */
export interface History {
  /** `none`: the folder is no repository of its own. */
  readonly state: 'read' | 'none' | 'unreadable'
  readonly commits: readonly string[]
  readonly files: readonly PastFile[]
}

const NONE: History = { state: 'none', commits: [], files: [] }

const LIMITS = {
  objectBytes: 200_000,
  allBytes: 12_000_000,
  objects: 200_000,
  storeBytes: 300_000_000,
  timeoutMs: 60_000,
}

/**
 * Reads a hand-in's objects in a repository of our own, because git acts on the configuration of the one it is in: a pager, a
 * filter, a program that checks signatures. Nothing of it is taken over but objects.
 */
export async function readHistory(folder: string, run: Runner): Promise<History> {
  const objects = join(folder, '.git', 'objects')
  if (!isFolder(join(folder, '.git')) || !isFolder(objects)) return NONE
  const place = mkdtempSync(join(tmpdir(), 'pg-lab-grade-'))
  try {
    const git = gitIn(place, run)
    await git(['init', '--quiet', '--bare', '--template=', place])
    if (!copyObjects(objects, join(place, 'objects'))) return { ...NONE, state: 'unreadable' }
    return await readObjects(git)
  } catch (error) {
    if (!(error instanceof CommandError)) throw error
    return { ...NONE, state: 'unreadable' }
  } finally {
    rmSync(place, { recursive: true, force: true })
  }
}

type Git = (args: readonly string[], stdin?: string) => Promise<string>

function gitIn(place: string, run: Runner): Git {
  return async (args, stdin = '') => {
    const { stdout } = await run({
      file: 'git',
      args,
      cwd: place,
      env: {
        GIT_DIR: place,
        GIT_CONFIG_NOSYSTEM: '1',
        GIT_CONFIG_GLOBAL: '/dev/null',
        GIT_NO_LAZY_FETCH: '1',
      },
      stdin,
      timeoutMs: LIMITS.timeoutMs,
    })
    return stdout
  }
}

/** Objects and packs alone: `info/alternates` would lead to those of others. @returns whether they are few enough */
function copyObjects(from: string, to: string): boolean {
  mkdirSync(to, { recursive: true })
  let left = LIMITS.storeBytes
  let count = LIMITS.objects
  cpSync(from, to, {
    recursive: true,
    filter: (path) => {
      const stats = lstatSync(path)
      const name = path.slice(from.length + 1)
      if (name === '' || (stats.isDirectory() && /^([0-9a-f]{2}|pack)$/.test(name))) return true
      const isObject = /^([0-9a-f]{2}\/[0-9a-f]{38,62}|pack\/pack-[0-9a-f]{40,64}\.(pack|idx))$/.test(name)
      if (!stats.isFile() || !isObject) return false
      left -= stats.size
      count -= 1
      return left >= 0 && count >= 0
    },
  })
  return left >= 0 && count >= 0
}

async function readObjects(git: Git): Promise<History> {
  const format = '--batch-check=%(objecttype) %(objectname) %(objectsize)'
  const all = (await git(['cat-file', '--batch-all-objects', format]))
    .split('\n')
    .map((line) => line.split(' '))
  const commits = all.flatMap(([type, id]) => (type === 'commit' && id ? [id] : []))
  let left = LIMITS.allBytes
  const blobs = all.flatMap(([type, id, bytes]) => {
    if (type !== 'blob' || !id || Number(bytes) > LIMITS.objectBytes) return []
    left -= Number(bytes)
    return left >= 0 ? [id] : []
  })
  const paths = await pathsOf(git, commits)
  const texts = splitBatch(await git(['cat-file', '--batch'], lines(blobs)))
  const files = texts.map(({ id, text }) => ({ id, path: paths.get(id), text }))
  return { state: 'read', commits, files: files.filter(({ text }) => !text.includes('\0')) }
}

/** How each object is called where a commit leads to it. */
async function pathsOf(git: Git, commits: readonly string[]): Promise<ReadonlyMap<string, string>> {
  if (commits.length === 0) return new Map()
  const listed = await git(['rev-list', '--objects', '--missing=allow-any', '--stdin'], lines(commits))
  return new Map(
    listed.split('\n').flatMap((line) => {
      const [, id, path] = /^([0-9a-f]+) (.+)$/.exec(line) ?? []
      return id && path ? [[id, path] as const] : []
    }),
  )
}

function lines(words: readonly string[]): string {
  return words.map((word) => `${word}\n`).join('')
}

/** `<id> blob <bytes>`, then so many bytes; what is no text has lost some, so the next head is looked for. */
function splitBatch(output: string): readonly { readonly id: string; readonly text: string }[] {
  const heads = [...output.matchAll(/^([0-9a-f]{40,64}) blob \d+\n/gm)]
  return heads.map((head, at) => ({
    id: head[1] ?? '',
    text: output.slice(head.index + head[0].length, heads[at + 1]?.index ?? output.length).replace(/\n$/, ''),
  }))
}

function isFolder(path: string): boolean {
  return existsSync(path) && lstatSync(path).isDirectory()
}

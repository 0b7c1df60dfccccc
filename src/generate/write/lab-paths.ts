import { lstat, readFile, realpath, stat } from 'node:fs/promises'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { UserError } from '../../errors.ts'

/** A file as it is on the disk. One character a byte, so that no encoding can damage what we do not change. */
export interface FileOnDisk {
  readonly text: string
  readonly mode: number
}

/** Text as we hold it while merging: its UTF-8 bytes, one character each. */
export function toBytes(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1')
}

export function fromBytes(bytes: string): string {
  return Buffer.from(bytes, 'latin1').toString('utf8')
}

function isMissing(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code
  return code === 'ENOENT' || code === 'ENOTDIR'
}

function escapes(path: string): UserError {
  return new UserError(`${path} is a symbolic link that leads out of the lab; it is not followed`, {
    hint: `remove the link, or replace it by a real file: rm ${path}`,
  })
}

/** The real path of the deepest part of `path` that exists, and the rest below it. */
async function resolveExisting(path: string): Promise<string> {
  try {
    return await realpath(path)
  } catch (error) {
    if (!isMissing(error)) throw error
    const link = await lstat(path).catch(() => undefined)
    if (link?.isSymbolicLink()) throw error // it leads nowhere
    return join(await resolveExisting(dirname(path)), relative(dirname(path), path))
  }
}

/** The lab's folder without symbolic links. */
export function rootOf(directory: string): Promise<string> {
  return realpath(directory)
}

/**
 * Where a file of the lab really lies. Symbolic links inside the lab are followed.
 * @param directory the lab's folder @param path relative to it
 * @throws UserError when a link on the way leads out of the lab, or nowhere
 */
export async function pathInLab(directory: string, path: string): Promise<string> {
  const root = await rootOf(directory)
  const wanted = resolve(root, path)
  if (!wanted.startsWith(root + sep)) throw new Error(`${path} is not inside the lab`)
  const real = await resolveExisting(wanted).catch((error: unknown) => {
    if (isMissing(error)) throw escapes(path)
    throw error
  })
  if (!real.startsWith(root + sep)) throw escapes(path)
  return real
}

/**
 * Reads a file of the lab.
 * @returns `undefined` when there is none
 * @throws UserError when something else than a file is there, or a link leads out of the lab
 */
export async function find(directory: string, path: string): Promise<FileOnDisk | undefined> {
  const place = await pathInLab(directory, path)
  try {
    const { mode } = await stat(place)
    return { text: await readFile(place, 'latin1'), mode: mode & 0o7777 }
  } catch (error) {
    if (isMissing(error)) return undefined
    if ((error as NodeJS.ErrnoException).code !== 'EISDIR') throw error
    throw new UserError(`${path} is a folder, but a file of that name has to be written`, {
      hint: `move it away: mv ${path} ${path}.mine`,
    })
  }
}

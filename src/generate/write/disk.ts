import { chmod, mkdir, rename, rm, rmdir, writeFile } from 'node:fs/promises'

/** Every way in which writing a lab changes the disk; injected, so that a test can stop the world between two steps. */
export interface Disk {
  /** Makes a folder and those above it. */
  folder(path: string): Promise<void>
  /** @param content one character a byte @param mode exact permission bits, or those the umask leaves of a new file's */
  put(
    path: string,
    content: string,
    mode: { readonly exact: number } | { readonly fresh: number },
  ): Promise<void>
  /** Renames a file over another: all of it, or nothing. */
  move(from: string, to: string): Promise<void>
  /** Removes a file or a whole folder, if it is there. */
  remove(path: string): Promise<void>
  /** Removes a folder if it is empty. */
  removeEmpty(path: string): Promise<void>
}

export const realDisk: Disk = {
  async folder(path) {
    await mkdir(path, { recursive: true })
  },
  async put(path, content, mode) {
    const bits = 'exact' in mode ? mode.exact : mode.fresh & ~process.umask()
    await writeFile(path, content, { encoding: 'latin1', flag: 'wx' })
    await chmod(path, bits)
  },
  move: rename,
  async remove(path) {
    await rm(path, { recursive: true, force: true })
  },
  async removeEmpty(path) {
    // ENOTEMPTY, ENOENT: then it is not ours to remove.
    await rmdir(path).catch(() => undefined)
  },
}

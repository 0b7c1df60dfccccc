import { createHash } from 'node:crypto'
import { dirname, join, sep } from 'node:path'
import { LAB_FILES } from '../../lab-files.ts'
import { type Disk, realDisk } from './disk.ts'
import { find, pathInLab, rootOf } from './lab-paths.ts'

/** What happens to one file of the lab and to its base copy. Texts hold one character a byte. */
export interface FileStep {
  readonly path: string
  /** The file as it was when this was decided; `undefined`: there was none. */
  readonly before: string | undefined
  /** New text, `null` to remove the file, `undefined` to leave it. */
  readonly text: string | null | undefined
  readonly mode: { readonly exact: number } | { readonly fresh: number }
  /** The same for the copy of what was written last. */
  readonly base: string | null | undefined
}

/** A step as the journal keeps it: the texts lie beside it, under `tree/` and `base/`. */
interface JournalEntry {
  readonly path: string
  /** SHA-256 of `before`. */
  readonly before: string | null
  readonly tree: 'put' | 'remove' | 'leave'
  readonly base: 'put' | 'remove' | 'leave'
}

const JOURNAL = `${LAB_FILES.write.path}/journal.json`

function hashOf(text: string | undefined): string | null {
  return text === undefined ? null : createHash('sha256').update(text, 'latin1').digest('hex')
}

function actionOn(text: string | null | undefined): JournalEntry['tree'] {
  if (text === undefined) return 'leave'
  return text === null ? 'remove' : 'put'
}

async function putBelow(disk: Disk, directory: string, path: string, text: string, mode: FileStep['mode']) {
  const place = await pathInLab(directory, path)
  await disk.folder(dirname(place))
  await disk.put(place, text, mode)
}

/** Writes the new files beside the lab's own, then the journal. Until that is in place, nothing has happened. */
async function stage(disk: Disk, directory: string, steps: readonly FileStep[]): Promise<void> {
  for (const { path, text, base, mode } of steps) {
    if (typeof text === 'string')
      await putBelow(disk, directory, `${LAB_FILES.write.path}/tree/${path}`, text, mode)
    if (typeof base === 'string') {
      await putBelow(disk, directory, `${LAB_FILES.write.path}/base/${path}`, base, { fresh: 0o644 })
    }
  }
  const entries = steps.map(
    ({ path, before, text, base }): JournalEntry => ({
      path,
      before: hashOf(before),
      tree: actionOn(text),
      base: actionOn(base),
    }),
  )
  // Removals first: a file may have to make room for a folder of its name, or the other way round.
  const removals = entries.filter((entry) => entry.tree === 'remove' || entry.base === 'remove')
  const ordered = [...removals, ...entries.filter((entry) => !removals.includes(entry))]
  await putBelow(disk, directory, `${JOURNAL}.new`, JSON.stringify(ordered), { fresh: 0o644 })
  await disk.move(join(directory, `${JOURNAL}.new`), join(directory, JOURNAL))
}

async function removeWithEmptyFolders(disk: Disk, place: string, top: string): Promise<void> {
  await disk.remove(place)
  for (let folder = dirname(place); folder.startsWith(top + sep); folder = dirname(folder)) {
    await disk.removeEmpty(folder)
  }
}

/** Moves a staged file to its place, unless that was done before we were interrupted. */
async function moveInto(disk: Disk, directory: string, staged: string, path: string): Promise<void> {
  if ((await find(directory, staged)) === undefined) return
  const place = await pathInLab(directory, path)
  await disk.folder(dirname(place))
  await disk.move(await pathInLab(directory, staged), place)
}

/** Whether the file is still as it was when the step was decided; a step that is done counts as well. */
async function isStillValid(directory: string, entry: JournalEntry): Promise<boolean> {
  if (entry.tree === 'leave') return true
  const done =
    entry.tree === 'put'
      ? (await find(directory, `${LAB_FILES.write.path}/tree/${entry.path}`)) === undefined
      : false
  if (done) return true
  const now = hashOf((await find(directory, entry.path))?.text)
  return now === entry.before || (entry.tree === 'remove' && now === null)
}

async function apply(disk: Disk, directory: string, entry: JournalEntry): Promise<void> {
  if (entry.tree === 'put')
    await moveInto(disk, directory, `${LAB_FILES.write.path}/tree/${entry.path}`, entry.path)
  if (entry.tree === 'remove') {
    await removeWithEmptyFolders(disk, await pathInLab(directory, entry.path), await rootOf(directory))
  }
  const base = `${LAB_FILES.base.path}/${entry.path}`
  if (entry.base === 'put')
    await moveInto(disk, directory, `${LAB_FILES.write.path}/base/${entry.path}`, base)
  if (entry.base === 'remove') {
    await removeWithEmptyFolders(
      disk,
      await pathInLab(directory, base),
      await pathInLab(directory, LAB_FILES.base.path),
    )
  }
}

/**
 * Finishes a write that was interrupted after its journal was complete, and forgets one that was interrupted
 * before. A file that the user changed since is left alone, and so is its base copy: the next merge sees both.
 * @param directory the lab's folder
 * @returns paths left alone for that reason
 */
export async function finishInterruptedWrite(directory: string, disk: Disk = realDisk): Promise<string[]> {
  const journal = await find(directory, JOURNAL)
  const left: string[] = []
  for (const entry of journal ? (JSON.parse(journal.text) as JournalEntry[]) : []) {
    if (await isStillValid(directory, entry)) await apply(disk, directory, entry)
    else left.push(entry.path)
  }
  // The journal goes first: without it the rest is rubbish.
  if (journal) await disk.remove(await pathInLab(directory, JOURNAL))
  await disk.remove(await pathInLab(directory, LAB_FILES.write.path))
  return left
}

/**
 * Changes many files as one: killed at any moment, the lab is as before or, after the next start, as after.
 * @returns paths that were left alone because they changed in this very moment
 */
export async function writeAsOne(
  disk: Disk,
  directory: string,
  steps: readonly FileStep[],
): Promise<string[]> {
  if (steps.length === 0) return []
  await stage(disk, directory, steps)
  return finishInterruptedWrite(directory, disk)
}

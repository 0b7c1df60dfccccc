import { constants } from 'node:fs'
import { access } from 'node:fs/promises'
import { dirname } from 'node:path'
import { cannotWrite, isDiskTrouble, UserError } from '../../errors.ts'
import { LAB_FILES } from '../../lab-files.ts'
import type { ProjectFile } from '../render/project-file.ts'
import {
  type Conflict,
  conflictError,
  forgetEditorFiles,
  keepReplaced,
  writeEditorFiles,
} from './conflicts.ts'
import { type Decision, decide, type FileOutcome, recordedPaths } from './decide.ts'
import { type Disk, realDisk } from './disk.ts'
import { finishInterruptedWrite, writeAsOne } from './journal.ts'
import { find, fromBytes, pathInLab } from './lab-paths.ts'
import type { Preference } from './merge.ts'

/** `check`, `diff`: nothing is written, the result says what would be. */
export type WriteMode = 'merge' | 'check' | 'diff'

/** Paths by what happened to them (or, with `check` and `diff`, would), each in the order of the files. */
export interface WriteResult {
  /** The file is exactly what the config gives. */
  readonly written: readonly string[]
  /** The file has the user's edits and the config's changes. */
  readonly merged: readonly string[]
  readonly removed: readonly string[]
  /** Not touched on the disk; it may have edits of the user's. */
  readonly unchanged: readonly string[]
  /** No longer made from the config, but edited by the user, so it stays. */
  readonly kept: readonly string[]
  /** Only with `check` and `diff`: what would stop the write. */
  readonly conflicts: readonly Conflict[]
  /** Only with `diff`: one unified diff a changed file. */
  readonly patches: readonly string[]
}

/** A conflict is shown as the editor file has it, both versions marked. */
function patchOf({ path, step, conflict }: Decision): Promise<string[]> | string[] {
  if (conflict) return patch(path, conflict.found, conflict.marked)
  return step?.text === undefined ? [] : patch(path, step.before, step.text)
}

/** @param before `undefined`, @param after `null`: there is no such file then */
async function patch(path: string, before: string | undefined, after: string | null): Promise<string[]> {
  const { createTwoFilesPatch, FILE_HEADERS_ONLY } = await import('diff')
  const [old, now] = [before ?? '', after ?? ''].map((text) => fromBytes(text).replaceAll('\r\n', '\n'))
  const from = before === undefined ? '/dev/null' : `a/${path}`
  const to = after === null ? '/dev/null' : `b/${path}`
  const options = { headerOptions: FILE_HEADERS_ONLY }
  return [createTwoFilesPatch(from, to, old ?? '', now ?? '', undefined, undefined, options)]
}

/**
 * What the user has made of the files since they were written last.
 * @returns an edited file each, with a unified diff
 */
export async function handEdits(
  directory: string,
): Promise<readonly { readonly path: string; readonly patch: string }[]> {
  const edits = (await recordedPaths(directory)).map(async (path) => {
    const [written, found] = [
      await find(directory, `${LAB_FILES.base.path}/${path}`),
      await find(directory, path),
    ]
    const isEdited = found?.text.replaceAll('\r\n', '\n') !== written?.text
    const patches = isEdited ? await patch(path, written?.text, found?.text ?? null) : []
    return patches.map((text) => ({ path, patch: text }))
  })
  return (await Promise.all(edits)).flat()
}

function resultOf(decisions: readonly Decision[], patches: readonly string[]): WriteResult {
  const pathsOf = (outcome: FileOutcome) =>
    decisions.filter((decision) => decision.outcome === outcome && !decision.conflict).map(({ path }) => path)
  return {
    written: pathsOf('written'),
    merged: pathsOf('merged'),
    removed: pathsOf('removed'),
    unchanged: pathsOf('unchanged'),
    kept: pathsOf('kept'),
    conflicts: decisions.flatMap(({ conflict }) => conflict ?? []),
    patches,
  }
}

/** The deepest folder of the lab on the way to `path` that exists must let us write, before anything is written. */
async function assertWritable(directory: string, path: string): Promise<void> {
  for (let place = await pathInLab(directory, path); ; place = dirname(place)) {
    try {
      await access(dirname(place), constants.W_OK)
      return
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') continue
      throw cannotWrite(dirname(place), error as Error)
    }
  }
}

async function writeDecisions(disk: Disk, directory: string, decisions: readonly Decision[]): Promise<void> {
  const steps = decisions.flatMap((decision) => decision.step ?? [])
  for (const { path } of steps) await assertWritable(directory, path)
  for (const { path, replaced } of decisions) {
    if (replaced !== undefined) await keepReplaced(disk, directory, path, replaced)
  }
  const changed = await writeAsOne(disk, directory, steps)
  if (changed.length > 0) {
    throw new UserError(`Changed while it was being written, and left alone: ${changed.join(', ')}`, {
      hint: 'run the command again',
    })
  }
  await forgetEditorFiles(disk, directory)
}

/**
 * Writes the generated files into a lab, three ways merged: what was written last, what the user
 * made of it, what the config gives now. Files that need no change are not touched. All or nothing, even when
 * killed: `finishInterruptedWrite` puts things right at the next start, and runs here first.
 *
 * Without a record of what was written last (a clone of a lab whose .gitignore has all of our folder) a file that is exactly
 * what the config gives is taken over silently, any other is a conflict: nobody can tell an edit from an old version.
 * @param directory the lab's folder; it must exist
 * @param options.prefer whose lines are taken in places that both changed
 * @throws UserError on a conflict that nobody is preferred in, a link that leads out of the lab, a folder that cannot be written
 */
export async function writeProject(
  directory: string,
  files: readonly ProjectFile[],
  {
    mode,
    prefer = 'neither',
    disk = realDisk,
  }: { readonly mode: WriteMode; readonly prefer?: Preference; readonly disk?: Disk },
): Promise<WriteResult> {
  const writes = mode !== 'check' && mode !== 'diff' // else another pg-lab may be in the middle of a write
  if (writes) await finishInterruptedWrite(directory, disk)
  const decisions = await decide(directory, files, prefer)
  const conflicts = decisions.flatMap(({ conflict }) => conflict ?? [])
  if (mode === 'diff') {
    return resultOf(decisions, (await Promise.all(decisions.map(patchOf))).flat())
  }
  if (mode === 'check') return resultOf(decisions, [])
  try {
    if (conflicts.length > 0) await writeEditorFiles(disk, directory, conflicts)
    else await writeDecisions(disk, directory, decisions)
  } catch (error) {
    if (isDiskTrouble(error)) throw cannotWrite(directory, error)
    throw error
  }
  if (conflicts.length > 0) throw conflictError(conflicts)
  return resultOf(decisions, [])
}

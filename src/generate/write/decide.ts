import { readdir } from 'node:fs/promises'
import { LAB_FILES } from '../../lab-files.ts'
import type { ProjectFile } from '../render/project-file.ts'
import { type Conflict, decidedText, versionsHash } from './conflicts.ts'
import type { FileStep } from './journal.ts'
import { type FileOnDisk, find, pathInLab, toBytes } from './lab-paths.ts'
import { mergeText, type Preference, usesCrlf } from './merge.ts'

/** What happens, or would happen, to a file: see WriteResult. */
export type FileOutcome = 'written' | 'merged' | 'removed' | 'unchanged' | 'kept'

/** What is to be done about one file. */
export interface Decision {
  readonly path: string
  readonly outcome: FileOutcome
  readonly step: FileStep | undefined
  readonly conflict?: Conflict
  /** The user's version, when lines of it are replaced. */
  readonly replaced?: string
}

function withLineEndsOf(theirs: string, text: string): string {
  return usesCrlf(theirs) ? text.replaceAll('\n', '\r\n') : text
}

function step(
  path: string,
  found: FileOnDisk | undefined,
  change: Pick<FileStep, 'text' | 'base'>,
  mode = 0o644,
): FileStep {
  return { path, before: found?.text, mode: found ? { exact: found.mode } : { fresh: mode }, ...change }
}

/** The record alone changes: the file already says what it should. */
function adopt(path: string, found: FileOnDisk, base: string | undefined, ours: string): Decision {
  const needed = base !== ours
  return {
    path,
    outcome: 'unchanged',
    step: needed ? step(path, found, { text: undefined, base: ours }) : undefined,
  }
}

async function decideMerge(
  directory: string,
  path: string,
  found: FileOnDisk,
  base: string | undefined,
  ours: string,
  preference: Preference,
): Promise<Decision> {
  const of = versionsHash(base, found.text, ours)
  const { text, clashes } = mergeText(base, found.text, ours, preference)
  const decided = clashes.length > 0 ? await decidedText(directory, path, of) : undefined
  if (clashes.length > 0 && preference === 'neither' && decided === undefined) {
    const conflict = { path, clashes, hasBase: base !== undefined, found: found.text, marked: text, of }
    return { path, outcome: 'unchanged', step: undefined, conflict }
  }
  const result = preference === 'neither' ? (decided ?? text) : text
  if (result === found.text) return adopt(path, found, base, ours)
  const outcome = result === withLineEndsOf(found.text, ours) ? 'written' : 'merged'
  const change = { path, outcome, step: step(path, found, { text: result, base: ours }) } as const
  return clashes.length > 0 && preference === 'generated' ? { ...change, replaced: found.text } : change
}

/** A file the config gives. One the user deleted is written again: that is how people ask for a fresh one. */
async function decideFile(directory: string, file: ProjectFile, preference: Preference): Promise<Decision> {
  const { path } = file
  const ours = toBytes(file.content)
  const found = await find(directory, path)
  const base = (await find(directory, `${LAB_FILES.base.path}/${path}`))?.text
  if (!found) {
    return { path, outcome: 'written', step: step(path, found, { text: ours, base: ours }, file.mode) }
  }
  const sameAs = (text: string | undefined) =>
    text !== undefined && found.text === withLineEndsOf(found.text, text)
  if (sameAs(ours)) return adopt(path, found, base, ours)
  if (base === ours) return { path, outcome: 'unchanged', step: undefined }
  if (!sameAs(base)) return decideMerge(directory, path, found, base, ours, preference)
  const text = withLineEndsOf(found.text, ours)
  return { path, outcome: 'written', step: step(path, found, { text, base: ours }) }
}

/** A file we wrote once and the config no longer gives: it goes only when nobody touched it. */
async function decideLeftover(directory: string, path: string): Promise<Decision> {
  const found = await find(directory, path)
  const base = (await find(directory, `${LAB_FILES.base.path}/${path}`))?.text ?? ''
  if (!found) return { path, outcome: 'unchanged', step: step(path, found, { text: undefined, base: null }) }
  if (found.text !== withLineEndsOf(found.text, base)) return { path, outcome: 'kept', step: undefined }
  return { path, outcome: 'removed', step: step(path, found, { text: null, base: null }) }
}

/** Every path we have a base copy of. */
export async function recordedPaths(directory: string): Promise<string[]> {
  const place = await pathInLab(directory, LAB_FILES.base.path)
  const entries = await readdir(place, { recursive: true, withFileTypes: true }).catch(() => [])
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => `${entry.parentPath}/${entry.name}`.slice(place.length + 1).replaceAll('\\', '/'))
    .sort()
}

/**
 * Holds what the config gives against what is there and what was written last. Changes nothing.
 * @param preference who wins where both changed the same place
 */
export async function decide(
  directory: string,
  files: readonly ProjectFile[],
  preference: Preference,
): Promise<Decision[]> {
  const given = new Set(files.map(({ path }) => path))
  const leftovers = (await recordedPaths(directory)).filter((path) => !given.has(path))
  return Promise.all([
    ...files.map((file) => decideFile(directory, file, preference)),
    ...leftovers.map((path) => decideLeftover(directory, path)),
  ])
}

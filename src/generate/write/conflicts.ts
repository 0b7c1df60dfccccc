import { createHash } from 'node:crypto'
import { dirname } from 'node:path'
import { type Problem, UserError } from '../../errors.ts'
import { LAB_FILES } from '../../lab-files.ts'
import type { Disk } from './disk.ts'
import { find, fromBytes, pathInLab } from './lab-paths.ts'
import { type Clash, hasMarkers } from './merge.ts'

/** A file that the user and the config changed in the same places. */
export interface Conflict {
  readonly path: string
  readonly clashes: readonly Clash[]
  /** Whether we know what we wrote last; without it every difference counts. */
  readonly hasBase: boolean
  /** The file as it is. */
  readonly found: string
  /** The file with both versions marked. */
  readonly marked: string
  /** Names the three versions it was made of: an edited copy is good for these only. */
  readonly of: string
}

export function versionsHash(base: string | undefined, theirs: string, ours: string): string {
  return createHash('sha256')
    .update(JSON.stringify([base ?? null, theirs, ours]))
    .digest('hex')
}

async function overwrite(disk: Disk, directory: string, path: string, text: string): Promise<void> {
  const place = await pathInLab(directory, path)
  await disk.folder(dirname(place))
  await disk.remove(place)
  await disk.put(place, text, { fresh: 0o644 })
}

/** The record beside an editor file of what it was made of. */
function recordOf(path: string): string {
  return `${LAB_FILES.conflicts.path}/${path}.versions`
}

/**
 * What the user decided in the editor file of an earlier conflict.
 * @param of as in Conflict: decisions about other versions do not count
 */
export async function decidedText(directory: string, path: string, of: string): Promise<string | undefined> {
  const record = await find(directory, recordOf(path))
  if (record?.text !== of) return undefined
  const edited = await find(directory, `${LAB_FILES.conflicts.path}/${path}`)
  return edited && !hasMarkers(edited.text) ? edited.text : undefined
}

/** Writes the editor files; one the user may be working on stays as it is. */
export async function writeEditorFiles(
  disk: Disk,
  directory: string,
  conflicts: readonly Conflict[],
): Promise<void> {
  for (const { path, marked, of } of conflicts) {
    const record = await find(directory, recordOf(path))
    if (record?.text === of && (await find(directory, `${LAB_FILES.conflicts.path}/${path}`))) continue
    await overwrite(disk, directory, `${LAB_FILES.conflicts.path}/${path}`, marked)
    await overwrite(disk, directory, recordOf(path), of)
  }
}

/** Forgets all editor files: nothing is in conflict any more. */
export async function forgetEditorFiles(disk: Disk, directory: string): Promise<void> {
  await disk.remove(await pathInLab(directory, LAB_FILES.conflicts.path))
}

/** Keeps a copy of a file whose lines are about to be replaced by generated ones. */
export async function keepReplaced(disk: Disk, directory: string, path: string, text: string): Promise<void> {
  await overwrite(disk, directory, `${LAB_FILES.replaced.path}/${path}`, text)
}

function quoted(lines: readonly string[]): string {
  const [first = ''] = lines
  if (lines.length === 0) return 'nothing'
  const more = lines.length > 1 ? ` … (${lines.length} lines)` : ''
  return `\`${fromBytes(first).trim()}\`${more}`
}

function problemOf(path: string, { line, theirs, ours }: Clash): Problem {
  const last = line + theirs.length - 1
  return {
    path: theirs.length > 1 ? `${path}:${line}-${last}` : `${path}:${line}`,
    message: `you have ${quoted(theirs)}, the config now gives ${quoted(ours)}`,
  }
}

function problemsOf({ path, clashes, hasBase }: Conflict): Problem[] {
  if (hasBase) return clashes.map((clash) => problemOf(path, clash))
  const [first] = clashes
  const places = clashes.length === 1 ? 'one place' : `${clashes.length} places`
  return [
    {
      path: `${path}:${first?.line ?? 1}`,
      message: `differs from what the config gives in ${places}; what was written there before is not known`,
    },
  ]
}

/** The error that stops a write: which lines, and the three ways on. */
export function conflictError(conflicts: readonly Conflict[]): UserError {
  const problems = conflicts.flatMap(problemsOf)
  const many = problems.length === 1 ? 'One place was' : `${problems.length} places were`
  const message = conflicts.every(({ hasBase }) => hasBase)
    ? `${many} changed both by you and by the config. Nothing was written.`
    : `Files are there that differ from what the config gives, and ${LAB_FILES.base.path}, the record of what was written last, does not have them: so nobody knows which lines are your edits. Nothing was written.`
  const files = conflicts.map(({ path }) => `${LAB_FILES.conflicts.path}/${path}`)
  return new UserError(message, {
    problems,
    hint: [
      'Choose one:',
      '  npx create-pg-lab generate --keep-mine        your lines stay in these places',
      `  npx create-pg-lab generate --take-generated   the generated lines replace yours (a copy stays in ${LAB_FILES.replaced.path}/)`,
      `  edit ${files.join(', ')}, where both are marked, then: npx create-pg-lab generate`,
    ].join('\n'),
  })
}

import { EXIT, UserError } from '../errors.ts'
import { handEdits, type WriteResult, writeProject } from '../generate/write/write.ts'
import type { Context } from './shared/context.ts'
import { openSession } from './shared/session.ts'
import { filesOf } from './steps/files.ts'

interface GenerateOptions {
  readonly check?: true
  readonly diff?: true
  readonly edits?: true
  readonly keepMine?: true
  readonly takeGenerated?: true
}

/** `create-pg-lab generate`: writes the lab's files, or says what it would write. */
export async function generate(context: Context, options: GenerateOptions): Promise<number> {
  verifyOptions(options)
  const mode = options.check ? 'check' : options.diff ? 'diff' : 'merge'
  const prefer = options.keepMine ? 'mine' : options.takeGenerated ? 'generated' : 'neither'
  const session = await openSession(context)
  if (options.edits) {
    const edits = await handEdits(session.directory)
    return showEdits(
      context,
      edits.map(({ patch }) => patch),
    )
  }
  const result = await writeProject(session.directory, await filesOf(session), { mode, prefer })
  if (mode === 'diff') return showDiff(context, result)
  const lines = fileLines(result)
  // An edited file that is no longer generated stays for good: nothing is due there.
  const due = lines.length > result.kept.length
  if (mode === 'check' && due) context.print('Nothing was written. To be written:\n')
  context.print(lines.length > 0 ? lines.join('\n') : 'Every file is as the config gives it.')
  return mode === 'check' && due ? EXIT.failedFindings : EXIT.ok
}

const EXCLUSIVE = [
  ['check', 'diff', 'edits'],
  ['keep-mine', 'take-generated'],
  ['edits', 'keep-mine', 'take-generated'],
]

/** @throws UserError when they do not fit together */
function verifyOptions(options: GenerateOptions): void {
  const flags: Readonly<Record<string, true | undefined>> = {
    ...options,
    'keep-mine': options.keepMine,
    'take-generated': options.takeGenerated,
  }
  for (const group of EXCLUSIVE) {
    const [one, other] = group.filter((name) => flags[name])
    if (one === undefined || other === undefined) continue
    throw new UserError(`--${one} and --${other} exclude each other`, { hint: 'give one of them' })
  }
}

function showEdits(context: Context, edits: readonly string[]): number {
  context.print(edits.length > 0 ? edits.join('\n') : 'No file was edited since it was written.')
  return EXIT.ok
}

function showDiff(context: Context, { patches, conflicts }: WriteResult): number {
  for (const patch of patches) context.print(patch)
  for (const { path } of conflicts) context.print(`conflict   ${path}`)
  if (patches.length + conflicts.length === 0) context.print('Every file is as the config gives it.')
  return EXIT.ok
}

/** A line for each file that is, or would be, touched. */
function fileLines({ written, merged, removed, kept, conflicts }: WriteResult): readonly string[] {
  return [
    ...written.map((path) => `written    ${path}`),
    ...merged.map((path) => `merged     ${path}`),
    ...removed.map((path) => `removed    ${path}`),
    ...kept.map((path) => `kept       ${path} (no longer generated, but you have edited it)`),
    ...conflicts.map(({ path }) => `conflict   ${path}`),
  ]
}

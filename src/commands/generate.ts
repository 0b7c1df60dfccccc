import { EXIT, UserError } from '../errors.ts'
import { type WriteMode, type WriteResult, writeProject } from '../generate/write.ts'
import type { Context } from './command.ts'
import { openSession } from './session.ts'
import { filesOf } from './steps/files.ts'

const MODES = ['check', 'diff', 'theirs', 'ours'] as const

type GenerateOptions = { readonly [mode in (typeof MODES)[number]]?: true }

/** `pg-lab generate`: writes the lab's files, or says what it would write. */
export async function generate(context: Context, options: GenerateOptions): Promise<number> {
  const mode = modeOf(options)
  const session = await openSession(context)
  const result = await writeProject(session.directory, await filesOf(session), { mode })
  if (mode === 'diff') return showDiff(context, result)
  const lines = linesOf(result)
  // An edited file that is no longer generated stays for good: nothing is due there.
  const due = lines.length > result.kept.length
  if (mode === 'check' && due) context.print('Nothing was written. To be written:\n')
  context.print(lines.length > 0 ? lines.join('\n') : 'Every file is as the config gives it.')
  return mode === 'check' && due ? EXIT.failedFindings : EXIT.ok
}

function modeOf(options: GenerateOptions): WriteMode {
  const [mode = 'merge', other] = MODES.filter((name) => options[name])
  if (other === undefined) return mode
  throw new UserError(`--${mode} and --${other} exclude each other`, { hint: 'give one of them' })
}

function showDiff(context: Context, { patches, conflicts }: WriteResult): number {
  for (const patch of patches) context.print(patch)
  for (const { path } of conflicts) context.print(`conflict   ${path}`)
  if (patches.length + conflicts.length === 0) context.print('Every file is as the config gives it.')
  return EXIT.ok
}

/** A line for each file that is, or would be, touched. */
function linesOf({ written, merged, removed, kept, conflicts }: WriteResult): readonly string[] {
  return [
    ...written.map((path) => `written    ${path}`),
    ...merged.map((path) => `merged     ${path}`),
    ...removed.map((path) => `removed    ${path}`),
    ...kept.map((path) => `kept       ${path} (no longer generated, but you have edited it)`),
    ...conflicts.map(({ path }) => `conflict   ${path}`),
  ]
}

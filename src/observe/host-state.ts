import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Lab, LabNode } from '../lab.ts'
import { packageRoot } from '../package-root.ts'
import type { Guest } from '../tools/ssh/guest-contract.ts'
import { ifReachable } from '../tools/ssh/if-reachable.ts'
import { psqlProgram } from '../tools/ssh/psql-session.ts'

const SCRIPT = 'provisioning/support/mark/host-state.sh'

/** Of what is written into a mark. One of another format says nothing. */
const FORMAT = 1

/** A host that is loaded may take long; the playbook then says more than the look would. */
const LOOK_TIMEOUT_MS = 20_000

/** What pg-lab writes on a host when all of a run has ended well. */
export interface Mark {
  /** Of the files that were applied: `appliedFiles`. */
  readonly applied: string
  /** Clock of the computer that ran it, ms since 1970. */
  readonly atMs: number
  /** The lines of the host's state then. */
  readonly state: readonly string[]
}

/** A host as it is, and as it was marked; or why nobody can say. */
export type HostState =
  | { readonly lines: readonly string[]; readonly mark: Mark | undefined }
  | { readonly doubt: string }

/** Without one of these the script was cut off, or is not ours. */
const OF_EVERY_HOST = ['host', 'stat', 'content', 'unit', 'end']
const OF_A_SERVER = ['server', 'setting', 'role', 'database', 'privileges', 'data']

/** Asks one host, in one call, what it is like and how the last run has left it. Changes nothing, and never fails. */
export async function seeHostState(lab: Lab, guest: Guest, node: LabNode): Promise<HostState> {
  const { database } = lab
  const server = node.role === 'backup' ? [] : [psqlProgram(lab), database.name, database.table]
  const stdin = await readFile(join(packageRoot(), SCRIPT), 'utf8')
  const options = { as: 'root', stdin, timeoutMs: LOOK_TIMEOUT_MS, unlogged: true } as const
  const output = await ifReachable(
    () => guest.shell(node, ['sh', '-s', 'look', ...server], options),
    undefined,
  )
  if (!output) return { doubt: 'it does not say in time how it was left' }
  return output.exitCode === 0
    ? readHostState(output.stdout, node)
    : { doubt: 'it cannot say how it was left' }
}

/** What the script printed. */
export function readHostState(text: string, node: Pick<LabNode, 'role'>): HostState {
  const all = text.replace(/\n+$/, '').split('\n')
  const now = all.indexOf('now\t\t')
  const lines = all.slice(now + 1)
  const kinds = new Set(lines.map((line) => line.split('\t')[0]))
  const wanted = node.role === 'backup' ? OF_EVERY_HOST : [...OF_EVERY_HOST, ...OF_A_SERVER]
  const failed = lines.find((line) => line.startsWith('failed\t'))
  if (failed !== undefined) return { doubt: `it could not ${failed.split('\t')[1]}` }
  if (now === -1 || !wanted.every((kind) => kinds.has(kind)) || lines.at(-1) !== 'end\t\t')
    return { doubt: 'its answer is not whole' }
  return { lines, mark: readMark(all.slice(0, now).filter((line) => line !== '')) }
}

/** @returns `undefined` for none, and for any that this version has not written */
function readMark([head = '', ...state]: readonly string[]): Mark | undefined {
  try {
    const { format, applied, atMs, lines, ...unknown } = JSON.parse(head) as Record<string, unknown>
    const isOurs = format === FORMAT && lines === state.length && Object.keys(unknown).length === 0
    if (!isOurs || typeof applied !== 'string' || typeof atMs !== 'number') return undefined
    return { applied, atMs, state }
  } catch {
    return undefined
  }
}

/** A mark as it lies on the host: a line of its own, and under it those of the state. */
export function markText({ applied, atMs, state }: Mark): string {
  return [JSON.stringify({ format: FORMAT, applied, atMs, lines: state.length }), ...state, ''].join('\n')
}

/**
 * What is not as it was.
 * @returns paths, and names such as `setting work_mem`, in the order of the lines
 */
export function differences(was: readonly string[], is: readonly string[]): readonly string[] {
  const [before, after] = [new Set(was), new Set(is)]
  const differing = [
    ...is.filter((line) => !before.has(line)),
    ...was.filter((line) => !after.has(line)),
    ...(was.length === is.length ? [] : ['line\tof its state']), // one of two that are alike
  ]
  return [...new Set(differing.map(nameOf))]
}

function nameOf(line: string): string {
  const [kind = '', name = ''] = line.split('\t')
  return ['stat', 'content'].includes(kind) ? name : `${kind} ${name}`.trimEnd()
}

/** Writes the mark, or removes it: whoever begins to change a host does so first. */
export async function writeMark(guest: Guest, node: LabNode, mark: Mark | undefined): Promise<void> {
  const script = await readFile(join(packageRoot(), SCRIPT), 'utf8')
  const argv = ['sh', '-c', script, 'sh', mark ? 'keep' : 'forget']
  await guest.shell(node, argv, { as: 'root', unlogged: true, ...(mark ? { stdin: markText(mark) } : {}) })
}

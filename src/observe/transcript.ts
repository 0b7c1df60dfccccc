import { setTimeout as wait } from 'node:timers/promises'
import { CommandError } from '../errors.ts'
import { type Lab, type LabNode, postgresNodes } from '../lab.ts'
import { literal } from '../postgres/sql.ts'
import { SWITCH_SQL } from '../postgres/wal.ts'
import { cleanOutput } from '../tools/process/clean-output.ts'
import { shellWord } from '../tools/process/quote.ts'
import type { Output } from '../tools/runner.ts'
import type { Guest } from '../tools/ssh/guest-contract.ts'
import { ifReachable } from '../tools/ssh/if-reachable.ts'
import {
  backupSteps,
  type PlannedStep,
  primarySteps,
  type StepId,
  standbySteps,
  tableOf,
} from './transcript-steps.ts'

/** A command that ran on a node, with what it printed. */
export interface TranscriptStep {
  readonly id: StepId
  readonly node: string
  /** As a person would type it there. */
  readonly command: string
  /** All of it, fit to be shown; secrets are taken out. */
  readonly output: string
  readonly ok: boolean
  /** Checks whose findings are about the same. */
  readonly checks: readonly string[]
}

/** The commands on one host. */
export interface Section {
  readonly kind: 'primary' | 'standby' | 'backup'
  readonly node: string
  readonly address: string
  readonly steps: readonly TranscriptStep[]
}

export interface TranscriptOptions {
  /** The server that takes the row; the configured master where there is no primary. */
  readonly primary: LabNode
  /** Tells this row from all others. */
  readonly mark: string
  /** Only what changes nothing on the servers. */
  readonly isReadOnly?: boolean
  /** Takes secrets out of a text. */
  readonly hide: (text: string) => string
  readonly onCommand?: (step: { readonly node: string; readonly command: string }) => void
}

const ASK_AGAIN_MS = 100

/** Every so many words, each a second apart: later than most backups of a lab take, and each segment costs 16 MB. */
const SWITCH_EVERY = 5
const TIMEOUT_MS = 20_000

/**
 * Runs the commands a reviewer asks for: first the primary's, then side by side those of the standbys and of the
 * backup host. The row they speak of is deleted in the end; the base backup stays.
 */
export async function writeTranscript(
  lab: Lab,
  guest: Guest,
  options: TranscriptOptions,
): Promise<readonly Section[]> {
  const { primary, mark, isReadOnly } = options
  const run = async (
    kind: Section['kind'],
    node: LabNode,
    steps: readonly PlannedStep[],
  ): Promise<Section> => {
    const done: TranscriptStep[] = []
    const chosen = steps.filter(({ changes }) => !changes || !isReadOnly)
    for (const step of chosen) done.push(await runStep(node, step, guest, options))
    return { kind, node: node.name, address: node.address, steps: done }
  }
  try {
    const first = await run('primary', primary, primarySteps(lab, mark))
    const standbys = postgresNodes(lab).filter(({ name }) => name !== primary.name)
    const rest = await Promise.all([
      ...standbys.map((node) => run('standby', node, standbySteps(lab, node, mark))),
      ...(lab.backup ? [run('backup', lab.backup, backupSteps(lab.backup))] : []),
    ])
    return [first, ...rest]
  } finally {
    if (!isReadOnly) await deleteRow(lab, guest, options)
  }
}

async function deleteRow(lab: Lab, guest: Guest, { primary, mark }: TranscriptOptions): Promise<void> {
  const statement = `DELETE FROM public.${tableOf(lab)} WHERE v = ${literal(mark)}`
  // The commands themselves show that it is down.
  await ifReachable(() => guest.execute(primary, `${statement};`, lab.database), undefined)
}

async function runStep(
  node: LabNode,
  planned: PlannedStep,
  guest: Guest,
  { primary, hide, onCommand }: TranscriptOptions,
): Promise<TranscriptStep> {
  const { id, as, argv, checks, isOk = succeeded, withinMs = 0, timeoutMs = TIMEOUT_MS } = planned
  const command = typed(as, argv)
  onCommand?.({ node: node.name, command })
  const ask = () => guest.shell(node, argv, { as, timeoutMs })
  const began = Date.now()
  try {
    let output = await (planned.needsWal ? whileWriting(primary, guest, ask) : ask())
    while (!isOk(output) && Date.now() - began < withinMs) {
      await wait(ASK_AGAIN_MS)
      output = await ask()
    }
    const text = cleanOutput([output.stdout.trimEnd(), output.stderr.trimEnd()].filter(Boolean).join('\n'))
    return { id, node: node.name, command: hide(command), output: hide(text), ok: isOk(output), checks }
  } catch (error) {
    if (!(error instanceof CommandError)) throw error
    const text = cleanOutput([error.message, ...error.lastLines].join('\n'))
    return { id, node: node.name, command: hide(command), output: hide(text), ok: false, checks }
  }
}

function succeeded({ exitCode }: Output): boolean {
  return exitCode === 0
}

/**
 * `barman backup --wait` waits for the last WAL segment of the backup, which receive-wal hands over only when the
 * next one begins: an idle server never begins it, so a word is written now and then. Since PostgreSQL 17 a position at
 * the very start of a segment belongs to that segment. Barman before 3.15, which asks for the position once pg_basebackup
 * has switched, may then wait for one that has only just begun, so the segment is switched now and then, too.
 */
async function whileWriting<T>(primary: LabNode, guest: Guest, work: () => Promise<T>): Promise<T> {
  let isDone = false
  const writing = async () => {
    for (let word = 1; ; word += 1) {
      await wait(1_000)
      if (isDone) return
      const write =
        word % SWITCH_EVERY === 0 ? SWITCH_SQL : `SELECT pg_logical_emit_message(true, 'pg-lab', 'report')`
      await ifReachable(() => guest.execute(primary, `${write};`), undefined)
    }
  }
  const [result] = await Promise.all([
    work().finally(() => {
      isDone = true
    }),
    writing(),
  ])
  return result
}

/** `sudo -u postgres psql -d otus -c "SELECT …"`. */
function typed(as: string, argv: readonly string[]): string {
  return ['sudo', '-u', as, ...argv].map(shellWord).join(' ')
}

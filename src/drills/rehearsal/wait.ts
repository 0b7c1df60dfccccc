import { CommandError } from '../../errors.ts'
import { type PostgresNode, postgresNodes } from '../../lab.ts'
import type { Text } from '../../report/drill-report.ts'
import type { Note } from '../../tasks/index.ts'
import { askUntil } from '../../tools/process/ask-until.ts'
import { pause } from '../../tools/process/signals.ts'
import { size } from '../../units.ts'
import type { DrillStep, LiveStage } from '../drill.ts'
import { serverOf } from './cast.ts'
import type { Recorder } from './recorder.ts'

const EVERY_MS = 250
const WITHIN_MS = 180_000

/** Less than this is a standby at work under the writer's load. */
const CAUGHT_UP_BYTES = 256 * 1024

/**
 * Waits until something is so.
 * @param look is asked again and again
 * @throws CommandError with these words when it takes longer than three minutes
 */
export async function until(
  what: string,
  look: () => boolean | Promise<boolean>,
  withinMs = WITHIN_MS,
): Promise<void> {
  if (await askUntil(look, (isSo) => isSo, { everyMs: EVERY_MS, withinMs })) return
  throw new CommandError(`${what}: not within ${withinMs / 1000} s`, { command: 'npx create-pg-lab status' })
}

/** Where a synchronous standby is away, nothing is committed: then this is long enough to see it. */
const PATIENCE_MS = 15_000

/** Lets the disaster last for so many commits. */
export async function letCommitsPass(recorder: Recorder, commits: number, note: Note): Promise<void> {
  const [wanted, deadline] = [recorder.commits() + commits, Date.now() + PATIENCE_MS]
  while (recorder.commits() < wanted && Date.now() < deadline) {
    note(`${commits - (wanted - recorder.commits())} of ${commits}`)
    await pause(EVERY_MS)
  }
}

/** Waits until a standby streams from whomever it follows, and has all but a little of the WAL. */
export async function untilStreaming(
  { recorder, lab }: LiveStage,
  node: PostgresNode,
  note: Note,
): Promise<void> {
  const begun = Date.now()
  await until(`${node.name} streams and has caught up`, () => {
    const newest = postgresNodes(lab).flatMap(
      ({ name }) => recorder.samples().findLast((sample) => sample.node === name) ?? [],
    )
    const senders = newest.filter(({ atMs }) => atMs > begun).flatMap(({ answer }) => answer?.senders ?? [])
    const sender = senders.find(
      ({ client_addr, user }) => client_addr === node.address && user === lab.replication.user,
    )
    if (sender?.bytes == null) return false
    note(`${size(sender.bytes)} behind`)
    return sender.bytes < CAUGHT_UP_BYTES
  })
}

const UNTIL_CAUGHT_UP: Text = { en: 'Wait until it has caught up', ru: 'Дождаться, пока она догонит мастер' }

/** The victim is a standby like the others again. */
export function caughtUpStep(stage: LiveStage): DrillStep {
  return { title: UNTIL_CAUGHT_UP, run: (note) => untilStreaming(stage, serverOf(stage), note) }
}

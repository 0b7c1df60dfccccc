import { CommandError, UserError } from '../errors.ts'
import type { Lab, PostgresNode } from '../lab.ts'
import type { LiveLab } from '../observe/live-lab.ts'
import {
  findServer,
  primaryOf,
  type Server,
  type ServerAnswer,
  seeServers,
  severalPrimaries,
} from '../observe/servers.ts'
import { literal } from '../postgres/sql.ts'
import { delayOf } from '../postgres/topology.ts'
import { bytesOf } from '../postgres/wal.ts'
import type { Note } from '../tasks/index.ts'
import { type Fenced, fence, release } from './fence.ts'
import { makePrimary } from './promote.ts'
import { takenNumbers } from './timeline-numbers.ts'

/** Two servers that change places. */
export interface SwitchoverPlan {
  /** The primary to be. */
  readonly target: PostgresNode
  /** It is the primary already: there is nothing to do. */
  readonly isDone: boolean
  /** The primary of now, a standby then. */
  readonly primary: PostgresNode
  /** That both are on. */
  readonly timeline: number
  /** Standbys that do not answer; they follow when they are back. */
  readonly silent: readonly PostgresNode[]
}

export interface Switchover {
  readonly target: PostgresNode
  /** End of the old primary's WAL, which the new one had replayed before it was promoted. */
  readonly checkpoint: string
  /** From the moment the old primary was told to stop, in ms. */
  readonly downtimeMs: number
  /** As they are now. */
  readonly servers: readonly Server[]
}

/** What is written while the primary stops has to be sent; more than this is not caught up. */
const CAUGHT_UP_BYTES = 16n * 1024n * 1024n

/**
 * Decides whether a standby can take over without a loss.
 * @throws UserError with the reason why not
 */
export function planSwitchover(lab: Lab, servers: readonly Server[], name: string): SwitchoverPlan {
  const target = findServer(servers, name)
  const found = primaryOf(servers)
  if (found.is === 'several') throw severalPrimaries(found.servers)
  const primary = found.is === 'found' ? found.server : undefined
  if (!primary?.answer) {
    throw new UserError('No primary answers, so nobody can hand over', {
      hint: 'if it is lost: npx create-pg-lab promote',
    })
  }
  const silent = servers.filter(({ answer }) => !answer).map(({ node }) => node)
  const { timeline } = primary.answer
  const plan = { target: target.node, primary: primary.node, timeline, silent }
  if (target === primary) return { ...plan, isDone: true }
  verifyReady(lab, target, primary, primary.answer)
  return { ...plan, isDone: false }
}

function verifyReady(lab: Lab, { node, answer }: Server, primary: Server, its: ServerAnswer<'way'>): void {
  const { name } = node
  const look = { hint: `look at it: npx create-pg-lab verify --only standby,replication` }
  if (!answer) {
    throw new UserError(`${name} does not answer`, {
      hint: 'start what is not running: npx create-pg-lab up',
    })
  }
  if (answer.system_identifier !== its.system_identifier) {
    throw new UserError(`${name} holds another cluster than ${primary.node.name}`, {
      hint: `clone it again: npx create-pg-lab reinit ${name}`,
    })
  }
  if (delayOf(lab, node) !== '') {
    throw new UserError(`${name} replays ${delayOf(lab, node)} late, and everybody would wait for that`, {
      hint: 'choose another standby',
    })
  }
  if (answer.way.streams_from === null) throw new UserError(`${name} does not stream from the primary`, look)
  if (answer.way.streams_from !== primary.node.address) {
    throw new UserError(
      `${name} follows another standby (${answer.way.streams_from}), not the primary itself`,
      {
        hint: 'choose a standby that streams from the primary',
      },
    )
  }
  const behind = bytesOf(its.way.lsn) - bytesOf(answer.way.lsn)
  if (behind > CAUGHT_UP_BYTES) {
    throw new UserError(`${name} is ${behind / 1024n / 1024n} MB of WAL behind`, {
      hint: 'wait until it has caught up: npx create-pg-lab status --watch',
    })
  }
}

/** Standbys get all WAL before a primary ends; a slow one needs its time. */
const STOP_SECONDS = 60
const REPLAY_SECONDS = 30

/** The primary still works while Barman is asked. */
const BARMAN_ANSWERS_MS = 60_000

/**
 * The primary stops, the standby replays the last of its WAL and is promoted. The old primary is marked as a standby;
 * it and all others follow by `followPrimary`, of which the old primary is one that joins.
 * @throws CommandError when the standby does not get all WAL: then the old primary is the primary again
 */
export async function switchPrimary(
  live: LiveLab,
  { target, primary, timeline }: SwitchoverPlan,
  note: Note = () => {},
): Promise<Switchover> {
  note(`a checkpoint on ${primary.name}, so that it stops quickly`)
  await live.guest.execute(primary, 'CHECKPOINT')
  const taken = await takenNumbers(live, timeline, BARMAN_ANSWERS_MS)
  note(`stopping ${primary.name}`)
  const beganAtMs = Date.now()
  const fenced = await fence(live, primary, STOP_SECONDS)
  try {
    note(`waiting until ${target.name} has replayed all of it`)
    await verifyReplayed(live, target, fenced)
  } catch (error) {
    await release(live, primary)
    throw error
  }
  note(`promoting ${target.name}`)
  const writableAtMs = await makePrimary(live, target, taken)
  const downtimeMs = writableAtMs - beganAtMs
  return { target, checkpoint: fenced.checkpoint, downtimeMs, servers: await seeServers(live) }
}

/** The last record of an orderly shutdown is its checkpoint. */
async function verifyReplayed({ guest }: LiveLab, target: PostgresNode, fenced: Fenced): Promise<void> {
  const { node, state, checkpoint } = fenced
  if (state !== 'shut down') {
    throw new CommandError(`${node.name} did not stop in an orderly way; it goes on as the primary`, {
      command: 'pg-lab-guard fence',
      lastLines: [`state: ${state || 'unknown'}`],
    })
  }
  await guest.execute(
    target,
    `DO $$
BEGIN
  FOR attempt IN 1..${REPLAY_SECONDS * 100} LOOP
    IF pg_last_wal_replay_lsn() > ${literal(checkpoint)}::pg_lsn THEN RETURN; END IF;
    PERFORM pg_sleep(0.01);
  END LOOP;
  RAISE 'it has replayed up to %, and the primary had written up to % when it stopped',
    pg_last_wal_replay_lsn(), ${literal(checkpoint)};
END
$$;`,
  )
}

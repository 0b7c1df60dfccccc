import { CommandError, UserError } from '../errors.ts'
import type { Lab, LabNode, PostgresNode } from '../lab.ts'
import type { LiveLab } from '../observe/live-lab.ts'
import type { Heard } from '../observe/partition.ts'
import {
  findServer,
  namesOf,
  primaryOf,
  type Server,
  seeServers,
  severalPrimaries,
  wordsOfRefusal,
} from '../observe/servers.ts'
import { literal } from '../postgres/sql.ts'
import { delayOf, followersOf } from '../postgres/topology.ts'
import { bytesOf } from '../postgres/wal.ts'
import type { Note } from '../tasks/index.ts'
import { type Fenced, fence } from './fence.ts'
import { reserveNumbers, takenNumbers } from './timeline-numbers.ts'

/** Which standby becomes the primary, and what has to happen before. */
export interface PromotionPlan {
  readonly target: PostgresNode
  /** That it is on. */
  readonly timeline: number
  /** It is the primary already: there is nothing to do. */
  readonly isDone: boolean
  /** Why it, in a sentence. */
  readonly why: string
  /** Servers that do not answer, one of which may be the old primary; and one that is cut off. */
  readonly fence: readonly PostgresNode[]
  /** Why the promotion may be wrong, a sentence each: then somebody has to agree to it. */
  readonly doubts: readonly string[]
  /** A primary that answers us and nobody else: nobody is promoted unless it is stopped for certain. */
  readonly cutOff: PostgresNode | undefined
}

export interface Promotion {
  readonly target: PostgresNode
  readonly fenced: readonly Fenced[]
  /** When it took writes, by Date.now(). */
  readonly writableAtMs: number
  /** As they are now. */
  readonly servers: readonly Server[]
}

/** How long a server that hangs has to stop in an orderly way. */
const FENCE_SECONDS = 5

/** Meanwhile Barman is asked; a failover does not wait longer for a host that is away as well. */
const BARMAN_ANSWERS_MS = 10_000

/** One that is cut off would wait for standbys that it cannot reach. */
const FENCE_CUT_OFF_SECONDS = 1

/**
 * Chooses the standby to promote after the primary is lost.
 * @param heard of who does not answer us, or nobody else; see `listen`
 * @param name of the standby; without it the most advanced one that is not delayed
 * @throws UserError when there is a primary the others reach, or nobody to promote
 */
export function planPromotion(
  lab: Lab,
  servers: readonly Server[],
  heard: Heard,
  name?: string,
): PromotionPlan {
  const named = name === undefined ? undefined : findServer(servers, name)
  const found = primaryOf(servers)
  if (found.is === 'several') throw severalPrimaries(found.servers)
  const primary = found.is === 'found' ? found.server : undefined
  if (primary && !heard.isCutOff) {
    if (named && named !== primary) throw primaryThere(primary, named)
    const why = `${primary.node.name} is the primary`
    const { timeline = 1 } = primary.answer ?? {}
    return { target: primary.node, timeline, isDone: true, why, fence: [], doubts: [], cutOff: undefined }
  }
  const others = servers.filter((server) => server !== primary)
  const target = named ?? mostAdvanced(lab, others)
  verifyPromotable(target, others)
  const cutOff = primary?.node
  const why = reasonFor(lab, target, others, named !== undefined)
  return {
    target: target.node,
    timeline: target.answer?.timeline ?? 1,
    isDone: false,
    why: cutOff ? `${cutOff.name} is cut off: it answers us, and none of the others; ${why}` : why,
    fence: servers.filter((server) => server === primary || !server.answer).map(({ node }) => node),
    doubts: [...others.flatMap((server) => doubtOfLife(server, heard)), ...doubtOfCommits(lab, servers)],
    cutOff,
  }
}

/** Not answering us is not absence: one that lives may be the primary, and take writes. */
function doubtOfLife(server: Server, { answers }: Heard): readonly string[] {
  const { node, state, answer } = server
  const mayBe = 'it may be the primary, and would be stopped by force'
  if (answer) return []
  if (state === 'busy')
    return [`${node.name} runs and does not let us ask (${wordsOfRefusal(server)}): ${mayBe}`]
  const asker = answers.get(node.name)
  if (!asker) return []
  return asker.name === node.name
    ? [`${node.name} runs, and has not answered in time: ${mayBe}`]
    : [`${node.name} does not answer us, and its PostgreSQL answers ${asker.name}: ${mayBe}, if we get there`]
}

/**
 * A commit that was acknowledged is on the old primary and on as many standbys as it waited for. One of those that
 * answer has it for certain only where fewer than so many standbys are silent.
 */
function doubtOfCommits({ replication }: Lab, servers: readonly Server[]): readonly string[] {
  const silent = servers.filter(({ answer }) => !answer)
  const count = replication.synchronousCount
  const standbys = silent.length - (servers.some(({ state }) => state === 'primary') ? 0 : 1)
  if (count === 0 || standbys < count) return []
  return [
    `${namesOf(silent)}: no answer, and in sync mode one of them may be the only server with acknowledged commits`,
  ]
}

function primaryThere(primary: Server, named: Server): UserError {
  return new UserError(`${primary.node.name} answers, and is the primary`, {
    hint: `change places without a loss: npx create-pg-lab switchover ${named.node.name}`,
  })
}

function mostAdvanced(lab: Lab, servers: readonly Server[]): Server {
  const [best] = standbysByAdvance(servers).filter(({ node }) => delayOf(lab, node) === '')
  if (best) return best
  const delayed = servers.filter(({ state }) => state === 'standby')
  if (delayed.length === 0) {
    throw new UserError('No standby answers: there is nobody to promote', {
      hint: 'start what is not running: npx create-pg-lab up',
    })
  }
  throw new UserError(`Only standbys that replay late answer: ${namesOf(delayed)}`, {
    hint: `choose one of them as the primary: npx create-pg-lab promote ${delayed[0]?.node.name}`,
  })
}

/** The newest timeline first, and on it the most WAL. */
function standbysByAdvance(servers: readonly Server[]): readonly Server[] {
  const order = ({ answer }: Server) =>
    [BigInt(answer?.timeline ?? 0), bytesOf(answer?.way.lsn ?? '0/0')] as const
  return servers
    .filter(({ state }) => state === 'standby')
    .toSorted((one, other) => {
      const [timeline, lsn] = order(one)
      const [otherTimeline, otherLsn] = order(other)
      return Number(otherTimeline - timeline || otherLsn - lsn)
    })
}

function verifyPromotable({ node, state }: Server, servers: readonly Server[]): void {
  if (state === 'standby') return
  const others = servers.filter((server) => server.state === 'standby')
  throw new UserError(`${node.name} does not answer, so it cannot be promoted`, {
    hint:
      others.length > 0
        ? `choose from ${namesOf(others)}, or leave the name out`
        : 'start what is not running: npx create-pg-lab up',
  })
}

function reasonFor(lab: Lab, target: Server, servers: readonly Server[], isNamed: boolean): string {
  const [best] = standbysByAdvance(servers)
  const lsn = target.answer?.way.lsn
  const { name } = target.node
  if (isNamed && best && best !== target) {
    const bytes = bytesOf(best.answer?.way.lsn ?? '0/0') - bytesOf(lsn ?? '0/0')
    return `${name} was named; ${best.node.name} has ${bytes} bytes of WAL more, which are lost`
  }
  const silent = servers.filter(({ answer }) => !answer)
  const but = silent.length > 0 ? ` of those that answer (${namesOf(silent)}: no answer)` : ''
  const late =
    best && best !== target && delayOf(lab, best.node) !== '' ? `; ${best.node.name} replays late` : ''
  return `${name} has the most WAL${but}: up to ${lsn}${late}`
}

/**
 * Fences what does not answer and promotes the standby. What else has to follow the new primary is the part of
 * `followPrimary`, which is slow.
 * @param note receives progress text
 * @throws CommandError when the standby cannot be promoted, or a primary that is cut off not be stopped
 */
export async function promoteStandby(
  live: LiveLab,
  plan: PromotionPlan,
  note: Note = () => {},
): Promise<Promotion> {
  if (plan.fence.length > 0) note(`fencing ${plan.fence.map(({ name }) => name).join(', ')}`)
  const [taken, ...fenced] = await Promise.all([
    takenNumbers(live, plan.timeline, BARMAN_ANSWERS_MS),
    ...plan.fence.map((node) => {
      return fence(live, node, node === plan.cutOff ? FENCE_CUT_OFF_SECONDS : FENCE_SECONDS)
    }),
  ])
  verifyStopped(plan, fenced)
  note(`promoting ${plan.target.name}`)
  const writableAtMs = await makePrimary(live, plan.target, taken)
  return { target: plan.target, fenced, writableAtMs, servers: await seeServers(live) }
}

/** It took writes a moment ago, and its network may come back at any time. */
function verifyStopped({ cutOff }: PromotionPlan, fenced: readonly Fenced[]): void {
  if (!cutOff || fenced.some(({ node, ok }) => ok && node === cutOff)) return
  throw new CommandError(`${cutOff.name} took writes and could not be stopped, so nobody was promoted`, {
    command: `npx create-pg-lab ssh ${cutOff.name} -- sudo systemctl stop postgresql`,
    hint: `stop it, or switch its machine off: vagrant halt ${cutOff.name}. Then: npx create-pg-lab promote`,
  })
}

/** Long enough for a standby that has much to replay. */
const PROMOTE_SECONDS = 300

/**
 * Promotes a standby, and keeps WAL for all who will follow it from that moment on.
 * @param taken numbers its timeline must not get
 * @returns when it took writes
 */
export async function makePrimary(live: LiveLab, target: LabNode, taken: readonly number[]): Promise<number> {
  const { lab, guest } = live
  if (taken.length > 0) await reserveNumbers(live, target, taken)
  const [row] = await guest.rows<{ promoted: boolean }>(
    target,
    `SELECT pg_promote(true, ${PROMOTE_SECONDS}) AS promoted`,
  )
  const writableAtMs = Date.now()
  if (!row?.promoted) {
    await reserveNumbers(live, target, [])
    throw new CommandError(`${target.name} was not promoted within ${PROMOTE_SECONDS} s`, {
      command: `npx create-pg-lab psql ${target.name} -c 'SELECT pg_promote()'`,
      hint: `its log says why: npx create-pg-lab ssh ${target.name} -- sudo journalctl -u 'postgresql*' -n 50`,
    })
  }
  const slots = [
    ...followersOf(lab, target, target).map(({ slot }) => slot),
    ...(lab.backup ? [lab.backup.slot] : []),
  ]
  await guest.execute(
    target,
    `SELECT pg_create_physical_replication_slot(slot, true) FROM unnest(ARRAY[${slots.map(literal).join(', ')}]::text[]) AS slot
      WHERE NOT EXISTS (SELECT FROM pg_replication_slots WHERE slot_name = slot)`,
  )
  return writableAtMs
}

import { CommandError } from '../../errors.ts'
import type { PostgresNode } from '../../lab.ts'
import type { LiveLab } from '../../observe/live-lab.ts'
import { NOTHING_HEARD } from '../../observe/partition.ts'
import { type Server, seeServers } from '../../observe/servers.ts'
import { findLostStandbys } from '../../operations/lost-standbys.ts'
import { startServer } from '../../operations/postgres-service.ts'
import { planPromotion, promoteStandby } from '../../operations/promote.ts'
import { planReinit, reinitServer } from '../../operations/reinit.ts'
import { planRejoin, rejoinServer, seeRemains } from '../../operations/rejoin.ts'
import type { Note } from '../../tasks/index.ts'
import { askUntil } from '../../tools/process/ask-until.ts'
import { nextRescue, type Rescue, type RescueAct, rankedPrimaries } from './next-rescue.ts'

/** A standby that can follow streams sooner than this. */
const STREAMS_WITHIN_MS = 10_000
const LOOK_EVERY_MS = 500

/**
 * Leads the servers back to one primary that all the others can follow, whatever a drill that was cut off has left;
 * the playbook does the rest. The machines are running. The writes only a server of an older timeline has are given up.
 * @param yielding name of the server that gives way where there are two primaries, whatever its timeline
 */
export async function rescue(live: LiveLab, note: Note, yielding?: string): Promise<void> {
  let now: Rescue = { servers: await seeServers(live), done: [], unrewound: [], lost: undefined, yielding }
  for (let next = nextRescue(now); next.act !== 'done'; next = nextRescue(now)) {
    now = { ...now, ...(await runRescue(live, now, next, note)), done: [...now.done, ...wordsOf(next)] }
  }
}

function wordsOf(act: RescueAct): readonly string[] {
  if (act.act === 'start') return act.nodes.map(({ name }) => `start ${name}`)
  return ['node' in act ? `${act.act} ${act.node.name}` : act.act]
}

/** @returns what is different now */
async function runRescue(
  live: LiveLab,
  { servers, unrewound, ...rest }: Rescue,
  next: RescueAct,
  note: Note,
): Promise<Partial<Rescue>> {
  switch (next.act) {
    case 'start':
      await Promise.all(next.nodes.map((node) => startIfItCan(live, node, note)))
      return { servers: await seeServers(live) }
    case 'promote': // none answers us, so there is none to listen for
      return {
        servers: (await promoteStandby(live, planPromotion(live.lab, servers, NOTHING_HEARD), note)).servers,
      }
    case 'rejoin': {
      const isDone = await rejoinIfItCan(live, servers, next.node, note)
      return {
        servers: await seeServers(live),
        unrewound: isDone ? unrewound : [...unrewound, next.node.name],
      }
    }
    case 'clone':
      note(`cloning ${next.node.name}`)
      await reinitServer(live, planReinit(live.lab, servers, next.node.name), note)
      return { servers: await seeServers(live) }
    case 'wait': {
      const [primary] = rankedPrimaries({ servers, unrewound, ...rest })
      return primary ? withoutWal(live, servers, primary.node, note) : { lost: [] }
    }
    case 'done':
      return {}
  }
}

/** A server that was fenced, or has nothing to start from, stays down: it is taken back later. */
async function startIfItCan({ guest }: LiveLab, node: PostgresNode, note: Note): Promise<void> {
  note(`starting PostgreSQL on ${node.name}`)
  try {
    await startServer(node, guest)
  } catch (error) {
    if (!(error instanceof CommandError)) throw error
  }
}

/** By pg_rewind; by a clone too where there is no data to rejoin with. */
async function rejoinIfItCan(
  live: LiveLab,
  servers: readonly Server[],
  { name }: PostgresNode,
  note: Note,
): Promise<boolean> {
  note(`making a standby of ${name}`)
  try {
    const plan = planRejoin(servers, name, await seeRemains(live, servers, name))
    await rejoinServer(live, plan, { mayClone: async () => true, note })
    return true
  } catch (error) {
    if (!(error instanceof CommandError)) throw error
    return false
  }
}

/** Standbys whose slot on the primary has been given up, and those that need WAL which is gone all the same. */
async function withoutWal(
  live: LiveLab,
  seen: readonly Server[],
  primary: PostgresNode,
  note: Note,
): Promise<Pick<Rescue, 'servers' | 'lost'>> {
  note('waiting until every standby streams')
  const slots = await slotsLost(live, primary)
  const { servers, gone } = await goneForGood(live, seen, primary)
  const isLost = ({ name, slot }: PostgresNode) =>
    name !== primary.name && (slots.includes(slot) || gone.some((node) => node.name === name))
  const lost = servers.flatMap(({ node }) => (isLost(node) ? [node.name] : []))
  return { servers, lost }
}

/** Asks until every standby streams and needs nothing that is gone, or has had its time. */
async function goneForGood(
  live: LiveLab,
  seen: readonly Server[],
  primary: PostgresNode,
): Promise<{ readonly servers: readonly Server[]; readonly gone: readonly PostgresNode[] }> {
  let known: readonly Server[] | undefined = seen
  const look = async () => {
    const servers = known ?? (await seeServers(live))
    known = undefined
    return { servers, gone: await findLostStandbys(live, servers, primary) }
  }
  const isWaiting = ({ answer }: Server) => answer?.in_recovery === true && answer.way.streams_from === null
  return askUntil(look, ({ servers, gone }) => gone.length === 0 && !servers.some(isWaiting), {
    everyMs: LOOK_EVERY_MS,
    withinMs: STREAMS_WITHIN_MS,
  })
}

async function slotsLost({ guest }: LiveLab, primary: PostgresNode): Promise<readonly string[]> {
  const rows = await guest.rows<{ slot_name: string }>(
    primary,
    `SELECT slot_name FROM pg_replication_slots s WHERE to_jsonb(s) ->> 'wal_status' = 'lost'`,
  )
  return rows.map(({ slot_name }) => slot_name)
}

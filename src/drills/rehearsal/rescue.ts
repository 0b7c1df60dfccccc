import { CommandError } from '../../errors.ts'
import { type PostgresNode, postgresNodes } from '../../lab.ts'
import { partingOf } from '../../observe/lineage.ts'
import type { LiveLab } from '../../observe/live-lab.ts'
import { type Server, seeServers } from '../../observe/servers.ts'
import { findLostStandbys } from '../../operations/lost-standbys.ts'
import { startServer } from '../../operations/postgres-service.ts'
import { planPromotion, promote } from '../../operations/promote.ts'
import { planReinit, reinit } from '../../operations/reinit.ts'
import { planRejoin, rejoin } from '../../operations/rejoin.ts'
import type { Progress } from '../../tasks/index.ts'
import { pause } from '../../tools/process/signals.ts'

type Note = Progress['note']

/** A standby that can follow streams sooner than this. */
const STREAMS_WITHIN_MS = 10_000
const LOOK_EVERY_MS = 500

/**
 * Leads the servers back to one primary that all the others can follow, whatever a drill that was cut off has left;
 * the playbook does the rest. The machines are running. The writes only a server of an older timeline has are given up.
 * @param yielding name of the server that gives way where there are two primaries, whatever its timeline
 */
export async function rescue(live: LiveLab, note: Note, yielding?: string): Promise<void> {
  const stopped = (await seeServers(live)).filter(({ answer }) => !answer)
  await Promise.all(stopped.map(({ node }) => startIfItCan(live, node, note)))
  await onePrimary(live, note, yielding)
  const servers = await seeServers(live)
  const primary = servers.find(({ state }) => state === 'primary')
  if (!primary?.answer) return // the playbook says why
  for (const server of servers) {
    if (server === primary) continue
    const isParted = server.answer && partingOf(server.answer.way, primary.answer.way)
    if (!server.answer || isParted) await takeBack(live, server.node, note)
  }
  for (const node of await withoutWal(live, primary.node, note)) await clone(live, node, note)
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

/** Of two the one with the newest timeline stays; where there is none the most advanced standby is promoted. */
async function onePrimary(live: LiveLab, note: Note, yielding: string | undefined): Promise<void> {
  const primaries = (await seeServers(live)).filter(({ state }) => state === 'primary')
  if (primaries.length === 0) {
    await promote(live, await planPromotion(live), note)
    return
  }
  const rank = ({ node, answer }: Server) => (node.name === yielding ? 0 : (answer?.timeline ?? 0))
  for (const { node } of primaries.toSorted((one, other) => rank(other) - rank(one)).slice(1)) {
    if (node.name === yielding)
      await clone(live, node, note) // nobody follows an older timeline otherwise
    else await takeBack(live, node, note)
  }
}

/** By pg_rewind, else by a clone; by a clone too where there is no data to rejoin with. */
async function takeBack(live: LiveLab, node: PostgresNode, note: Note): Promise<void> {
  note(`making a standby of ${node.name}`)
  try {
    await rejoin(live, await planRejoin(live, node.name), { mayClone: async () => true, onStep: note })
  } catch (error) {
    if (!(error instanceof CommandError)) throw error
    await clone(live, node, note)
  }
}

async function clone(live: LiveLab, node: PostgresNode, note: Note): Promise<void> {
  note(`cloning ${node.name}`)
  await reinit(live, await planReinit(live, node.name), note)
}

/** Standbys whose slot on the primary has been given up, and those that need WAL which is gone all the same. */
async function withoutWal(
  live: LiveLab,
  primary: PostgresNode,
  note: Note,
): Promise<readonly PostgresNode[]> {
  note('waiting until every standby streams')
  const [lost, gone] = [await slotsLost(live, primary), await goneForGood(live, primary)]
  return postgresNodes(live.lab).filter(({ name, slot }) => {
    return name !== primary.name && (lost.includes(slot) || gone.some((node) => node.name === name))
  })
}

/** Asks until every standby streams and needs nothing that is gone, or has had its time. */
async function goneForGood(live: LiveLab, primary: PostgresNode): Promise<readonly PostgresNode[]> {
  const deadline = Date.now() + STREAMS_WITHIN_MS
  while (true) {
    const servers = await seeServers(live)
    const gone = await findLostStandbys(live, servers, primary)
    const isWaiting = servers.some(({ answer }) => answer?.in_recovery && answer.way.streams_from === null)
    if ((gone.length === 0 && !isWaiting) || Date.now() > deadline) return gone
    await pause(LOOK_EVERY_MS)
  }
}

async function slotsLost({ guest }: LiveLab, primary: PostgresNode): Promise<readonly string[]> {
  const rows = await guest.rows<{ slot_name: string }>(
    primary,
    `SELECT slot_name FROM pg_replication_slots s WHERE to_jsonb(s) ->> 'wal_status' = 'lost'`,
  )
  return rows.map(({ slot_name }) => slot_name)
}

import { CommandError } from '../errors.ts'
import { type PostgresNode, postgresNodes } from '../lab.ts'
import type { Place } from '../operations/place.ts'
import { planPromotion, promote } from '../operations/promote.ts'
import { planReinit, reinit } from '../operations/reinit.ts'
import { planRejoin, rejoin } from '../operations/rejoin.ts'
import { partingOf, type Server, seeServers } from '../operations/servers.ts'
import { startServer } from '../operations/service.ts'
import type { Progress } from '../tasks.ts'

/**
 * Leads the servers back to one primary that all the others can follow, whatever a drill that was cut off has left;
 * the playbook does the rest. The machines are running. The writes only a server of an older timeline has are given up.
 */
export async function rescue(place: Place, note: Progress['note']): Promise<void> {
  const stopped = (await seeServers(place)).filter(({ answer }) => !answer)
  await Promise.all(stopped.map(({ node }) => startIfItCan(place, node, note)))
  await onePrimary(place, note)
  const servers = await seeServers(place)
  const primary = servers.find(({ state }) => state === 'primary')
  if (!primary?.answer) return // the playbook says why
  for (const server of servers) {
    if (server === primary) continue
    const isParted = server.answer && partingOf(server.answer, primary.answer)
    if (!server.answer || isParted) await takeBack(place, server.node, note)
  }
  for (const name of await namesOfLost(place, primary.node)) {
    note(`cloning ${name}: its slot is lost`)
    await reinit(place, await planReinit(place, name), note)
  }
}

/** A server that was fenced, or has nothing to start from, stays down: it is taken back later. */
async function startIfItCan({ guest }: Place, node: PostgresNode, note: Progress['note']): Promise<void> {
  note(`starting PostgreSQL on ${node.name}`)
  try {
    await startServer(node, guest)
  } catch (error) {
    if (!(error instanceof CommandError)) throw error
  }
}

/** Of two the one with the newest timeline stays; where there is none the most advanced standby is promoted. */
async function onePrimary(place: Place, note: Progress['note']): Promise<void> {
  const primaries = (await seeServers(place)).filter(({ state }) => state === 'primary')
  if (primaries.length === 0) {
    await promote(place, await planPromotion(place), note)
    return
  }
  for (const { node } of primaries.toSorted(byTimeline).slice(1)) await takeBack(place, node, note)
}

function byTimeline(one: Server, other: Server): number {
  return (other.answer?.timeline ?? 0) - (one.answer?.timeline ?? 0)
}

async function takeBack(place: Place, node: PostgresNode, note: Progress['note']): Promise<void> {
  note(`making a standby of ${node.name}`)
  await rejoin(place, await planRejoin(place, node.name), { mayClone: async () => true, onStep: note })
}

/** Standbys whose slot on the primary has been given up. */
async function namesOfLost({ lab, guest }: Place, primary: PostgresNode): Promise<readonly string[]> {
  const rows = await guest.rows<{ slot_name: string }>(
    primary,
    `SELECT slot_name FROM pg_replication_slots s WHERE to_jsonb(s) ->> 'wal_status' = 'lost'`,
  )
  const lost = rows.map(({ slot_name }) => slot_name)
  return postgresNodes(lab).flatMap(({ name, slot }) => (lost.includes(slot) ? [name] : []))
}

import type { PostgresNode } from '../../lab.ts'
import { partingOf } from '../../observe/lineage.ts'
import type { Server } from '../../observe/servers.ts'

/** How the servers are, and how far a rescue has come. */
export interface Rescue {
  readonly servers: readonly Server[]
  /** What was done before, as `start slave`: nothing is done twice. */
  readonly done: readonly string[]
  /** Names of servers that could not be made standbys by pg_rewind. */
  readonly unrewound: readonly string[]
  /** Names of the standbys whose WAL is gone; `undefined` before that was asked. */
  readonly lost: readonly string[] | undefined
  /** Name of the server that gives way where there are two primaries, whatever its timeline. */
  readonly yielding: string | undefined
}

/** What a rescue does next. */
export type RescueAct =
  | { readonly act: 'start'; readonly nodes: readonly PostgresNode[] }
  | { readonly act: 'rejoin' | 'clone'; readonly node: PostgresNode }
  | { readonly act: 'promote' | 'wait' | 'done' }

type RescueRule = (rescue: Rescue) => RescueAct | undefined

const has = ({ done }: Rescue, act: RescueAct['act'], { node }: Server) =>
  done.includes(`${act} ${node.name}`)

/** The one with the newest timeline stays; the others give way, first of all the one that was named for it. */
export function rankedPrimaries({ servers, yielding }: Rescue): readonly Server[] {
  const rank = ({ node, answer }: Server) => (node.name === yielding ? 0 : (answer?.timeline ?? 0))
  const primaries = servers.filter(({ state }) => state === 'primary')
  return primaries.toSorted((one, other) => rank(other) - rank(one))
}

const startStopped: RescueRule = (rescue) => {
  const stopped = rescue.servers.filter((server) => !server.answer && !has(rescue, 'start', server))
  return stopped.length > 0 ? { act: 'start', nodes: stopped.map(({ node }) => node) } : undefined
}

const cloneUnrewound: RescueRule = (rescue) => {
  const server = rescue.servers.find(
    (one) => rescue.unrewound.includes(one.node.name) && !has(rescue, 'clone', one),
  )
  return server && { act: 'clone', node: server.node }
}

/** What did not help is not done again: then the playbook says why there is not one primary. */
const promoteOne: RescueRule = (rescue) => {
  if (rankedPrimaries(rescue).length > 0) return undefined
  return { act: rescue.done.includes('promote') ? 'done' : 'promote' }
}

const oneGivesWay: RescueRule = (rescue) => {
  const [, ...others] = rankedPrimaries(rescue)
  if (others.length === 0) return undefined
  const server = others.find((one) => !has(rescue, 'rejoin', one) && !has(rescue, 'clone', one))
  if (!server) return { act: 'done' }
  // Nobody follows an older timeline than his own without a clone.
  return { act: server.node.name === rescue.yielding ? 'clone' : 'rejoin', node: server.node }
}

const takeBack: RescueRule = (rescue) => {
  const [primary] = rankedPrimaries(rescue)
  const its = primary?.answer?.way
  const server = rescue.servers.find((one) => {
    const isParted = its && one.answer && partingOf(one.answer.way, its)
    return one !== primary && (!one.answer || isParted) && !has(rescue, 'rejoin', one)
  })
  return server && { act: 'rejoin', node: server.node }
}

const cloneLost: RescueRule = (rescue) => {
  if (!rescue.lost) return { act: 'wait' }
  const server = rescue.servers.find(
    (one) => rescue.lost?.includes(one.node.name) && !has(rescue, 'clone', one),
  )
  return server && { act: 'clone', node: server.node }
}

/** The first that has something to do is next. */
const RULES = [cloneUnrewound, startStopped, promoteOne, oneGivesWay, takeBack, cloneLost]

/** Decides, and asks nobody. */
export function nextRescue(rescue: Rescue): RescueAct {
  for (const rule of RULES) {
    const act = rule(rescue)
    if (act) return act
  }
  return { act: 'done' }
}

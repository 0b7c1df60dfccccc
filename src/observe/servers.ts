import { chooseFrom } from '../config/closest.ts'
import { CommandError, UserError } from '../errors.ts'
import { type Lab, type LabNode, type PostgresNode, postgresNodes } from '../lab.ts'
import type { Guest } from '../tools/ssh/guest-contract.ts'
import type { LiveLab } from './live-lab.ts'
import type { Parts } from './server-parts.ts'
import { type Part, serverSql } from './sql.ts'

/** What a server says of itself; a part is there when it was asked for. */
export type ServerAnswer<P extends Part = never> = Identity & Pick<Parts, P>

interface Identity {
  readonly in_recovery: boolean
  /** Written at initdb: two servers of one cluster have the same. */
  readonly system_identifier: string
  /** The timeline it writes, or receives. */
  readonly timeline: number
}

/** How a PostgreSQL server is. */
export interface ServerState<P extends Part = never, Node extends LabNode = PostgresNode> {
  readonly node: Node
  /**
   * `busy`: it runs and does not let us ask: too many clients, starting up. `slow`: no answer in time, which may be a
   * load. `silent`: its machine may answer, PostgreSQL does not. `gone`: not even the machine.
   */
  readonly state: 'primary' | 'standby' | 'busy' | 'slow' | 'silent' | 'gone'
  /** `undefined` when it does not answer. */
  readonly answer: ServerAnswer<P> | undefined
  /** Why it does not answer. */
  readonly problem: CommandError | undefined
}

/** A server as who wants to change its role sees it. */
export type Server = ServerState<'way'>

export interface AskLimits {
  /** Those of every question when left out; see tools/ssh/guest.ts. */
  readonly withinMs?: number
}

/**
 * Asks all PostgreSQL servers at once, each by one query. One that does not answer is part of the picture, never an
 * error: not answering is not absence.
 */
export function askServers<P extends Part = never>(
  lab: Lab,
  guest: Guest,
  parts: readonly P[] = [],
  limits: AskLimits = {},
): Promise<readonly ServerState<P>[]> {
  return Promise.all(postgresNodes(lab).map((node) => askServer(lab, guest, node, parts, limits)))
}

/** Asks one of them, or a machine that is no longer one of them. */
export async function askServer<P extends Part = never, Node extends LabNode = PostgresNode>(
  lab: Lab,
  guest: Guest,
  node: Node,
  parts: readonly P[] = [],
  { withinMs }: AskLimits = {},
): Promise<ServerState<P, Node>> {
  try {
    const limits = withinMs === undefined ? {} : { timeoutMs: withinMs }
    const [answer] = await guest.rows<ServerAnswer<P>>(node, serverSql(lab, parts), 'postgres', limits)
    if (!answer) throw new Error(`${node.name} gave no row for its state`)
    return { node, state: answer.in_recovery ? 'standby' : 'primary', answer, problem: undefined }
  } catch (error) {
    if (!(error instanceof CommandError)) throw error
    return { node, state: silenceOf(error), answer: undefined, problem: error }
  }
}

/** A server that hangs is as good as gone; a cluster without a primary must not wait for it. */
const ROLE_CHANGE_ASKS_MS = 5_000

/** The servers as who wants to change their roles has to know them. */
export function seeServers({ lab, guest }: Pick<LiveLab, 'lab' | 'guest'>): Promise<readonly Server[]> {
  return askServers(lab, guest, ['way'], { withinMs: ROLE_CHANGE_ASKS_MS })
}

/** ssh's own exit code when it did not get through. */
const UNREACHABLE = 255

function silenceOf(problem: CommandError): ServerState['state'] {
  if (problem.exitCode === UNREACHABLE) return 'gone'
  if (wordsOf(problem) !== undefined && !problem.timedOut) return 'busy'
  return problem.timedOut || problem.exitCode === undefined ? 'slow' : 'silent'
}

/** A server that refuses answers: PostgreSQL alone says FATAL, and ERROR of what it was asked. */
function wordsOf({ lastLines }: CommandError): string | undefined {
  return lastLines.flatMap((line) => /\b(?:FATAL|ERROR): +(.*)/.exec(line)?.[1] ?? [])[0]
}

/** The words of one that runs and does not let us ask. */
export function wordsOfRefusal({ state, problem }: ServerState<never, LabNode>): string {
  return (state === 'busy' && problem && wordsOf(problem)) || ''
}

/** Who is the primary, as the servers tell it: the config is not asked, for after a failover it may be another. */
export type Primary<S extends ServerState = ServerState> =
  | { readonly is: 'found'; readonly server: S; readonly node: PostgresNode }
  | { readonly is: 'none' }
  /** The cluster is split. */
  | { readonly is: 'several'; readonly servers: readonly S[] }

export function primaryOf<S extends ServerState>(states: readonly S[]): Primary<S> {
  const servers = states.filter(({ state }) => state === 'primary')
  const [server, second] = servers
  if (!server) return { is: 'none' }
  return second ? { is: 'several', servers } : { is: 'found', server, node: server.node }
}

/**
 * @param doing completes "There is not exactly one primary …": `to put a load on`
 * @throws UserError when there is none, or more than one
 */
export function requirePrimary(states: readonly ServerState[], doing: string): PostgresNode {
  const primary = primaryOf(states)
  if (primary.is === 'found') return primary.node
  throw new UserError(notOnePrimary(states, doing), { hint: `see who answers: ${VERIFY_PRIMARY}` })
}

export const VERIFY_PRIMARY = 'npx create-pg-lab verify --only primary'

/** That there is not one to work with, and why, in the servers' own words. */
export function notOnePrimary(states: readonly ServerState[], doing: string): string {
  const primary = primaryOf(states)
  if (primary.is === 'several')
    return `There is not exactly one primary ${doing}: ${splitWords(primary.servers)}`
  const problems = states.flatMap(({ problem }) => (problem ? [problem.message] : []))
  const why = problems.join('; ') || 'all servers are in recovery'
  return `There is not exactly one primary ${doing}: ${why}`
}

/** Of a split cluster, and what to type about it: which of them gives way is not to be read from a number. */
export function severalPrimaries(servers: Nodes): UserError {
  return new UserError(splitWords(servers), { hint: BOTH_WAYS_ON })
}

export const BOTH_WAYS_ON = `see both ways out: ${VERIFY_PRIMARY}`

export function splitWords(servers: Nodes): string {
  return `${namesOf(servers, ' and ')} are primaries at the same time`
}

type Nodes = readonly { readonly node: LabNode }[]

/** @throws UserError when the lab has no PostgreSQL server of this name */
export function findServer<S extends { readonly node: LabNode }>(servers: readonly S[], name: string): S {
  const server = servers.find(({ node }) => node.name === name)
  if (server) return server
  throw new UserError(`There is no PostgreSQL server called ${name}`, {
    hint: chooseFrom(
      name,
      servers.map(({ node }) => node.name),
    ),
  })
}

export function namesOf(servers: Nodes, word = ', '): string {
  return servers.map(({ node }) => node.name).join(word)
}

import { CommandError } from '../errors.ts'
import { type Lab, type LabNode, type PostgresNode, postgresNodes } from '../lab.ts'
import type { Guest } from '../tools/ssh/guest-contract.ts'
import { TIMELINE_SQL } from './wal.ts'

/** What a server says of itself. */
export interface ServerState {
  readonly node: LabNode
  readonly role: 'primary' | 'standby' | 'unreachable'
  /** Written at initdb: two servers of one cluster have the same. `undefined` when it does not answer. */
  readonly systemIdentifier: string | undefined
  /** The timeline it writes, or receives. */
  readonly timeline: number | undefined
  /** Why it does not answer. */
  readonly problem: CommandError | undefined
}

/** Who is the primary, as the servers tell it. */
export type Primary =
  | { readonly found: true; readonly node: LabNode; readonly states: readonly ServerState[] }
  | {
      readonly found: false
      /** Empty, or two and more: then the cluster is split. */
      readonly candidates: readonly LabNode[]
      readonly states: readonly ServerState[]
    }

export const STATE_SQL = `SELECT pg_is_in_recovery() AS in_recovery,
  (SELECT system_identifier::text FROM pg_control_system()) AS system_identifier,
  ${TIMELINE_SQL} AS timeline`

interface StateRow {
  readonly in_recovery: boolean
  readonly system_identifier: string
  readonly timeline: number
}

/** Asks every PostgreSQL server at once for its role; one that does not answer is `unreachable`. */
async function serverStates(lab: Lab, guest: Guest): Promise<readonly ServerState[]> {
  return Promise.all(postgresNodes(lab).map((node) => serverState(node, guest)))
}

async function serverState(node: LabNode, guest: Guest): Promise<ServerState> {
  try {
    const [row] = await guest.rows<StateRow>(node, STATE_SQL)
    if (!row) throw new Error(`${node.name} gave no row for its state`)
    return {
      node,
      role: row.in_recovery ? 'standby' : 'primary',
      systemIdentifier: row.system_identifier,
      timeline: row.timeline,
      problem: undefined,
    }
  } catch (error) {
    if (!(error instanceof CommandError)) throw error
    return { node, role: 'unreachable', systemIdentifier: undefined, timeline: undefined, problem: error }
  }
}

/** Finds the one server that is not in recovery. The config is not asked: after a failover it may be another. */
export async function findPrimary(lab: Lab, guest: Guest): Promise<Primary> {
  const states = await serverStates(lab, guest)
  const candidates = states.filter(({ role }) => role === 'primary').map(({ node }) => node)
  const [node, ...others] = candidates
  return node && others.length === 0 ? { found: true, node, states } : { found: false, candidates, states }
}

/** Why there is not one to work with, in the servers' own words. @param primary an answer of findPrimary */
export function whyNotOne({ states }: Primary): string {
  const primaries = states.filter(({ role }) => role === 'primary').map(({ node }) => node.name)
  if (primaries.length > 1) return `${primaries.join(' and ')} are primaries`
  const problems = states.flatMap(({ problem }) => (problem ? [problem.message] : []))
  return problems.join('; ') || 'all servers are in recovery'
}

/** A standby and the server it should stream from, through its own slot there. */
export interface Link {
  readonly node: PostgresNode
  readonly upstream: PostgresNode
}

/**
 * Who should stream from whom. The config says it for the cluster as it was designed; once another server is
 * the primary, all the others follow that one.
 */
export function linksOf(lab: Lab, primary: LabNode): readonly Link[] {
  const nodes = postgresNodes(lab)
  const named = (name: string) => nodes.find((node) => node.name === name) ?? lab.master
  if (primary.name === lab.master.name) {
    return lab.slaves.map((node) => ({ node, upstream: named(node.upstream) }))
  }
  const others = nodes.filter(({ name }) => name !== primary.name)
  return others.map((node) => ({ node, upstream: named(primary.name) }))
}

/** How long after its commit a server should replay a change, e.g. `1min`; `''` for at once. */
export function delayOf(lab: Lab, { name }: Pick<LabNode, 'name'>): string {
  return lab.slaves.find((slave) => slave.name === name)?.applyDelay ?? ''
}

/**
 * synchronous_standby_names of the primary of the day, `''` when nobody is waited for: only a standby that streams
 * from the primary itself can be. Role master has the same rule.
 */
export function synchronousNames(lab: Lab, primary: LabNode): string {
  const names = followersOf(lab, primary, primary).map(({ name }) => `"${name}"`)
  const count = Math.min(lab.replication.synchronousCount, names.length)
  return count === 0 ? '' : `FIRST ${count} (${names.join(', ')})` // quoted, for names with a dash
}

/** The servers that should stream from this one. */
export function followersOf(lab: Lab, primary: LabNode, upstream: LabNode): readonly PostgresNode[] {
  return linksOf(lab, primary)
    .filter((link) => link.upstream.name === upstream.name)
    .map(({ node }) => node)
}

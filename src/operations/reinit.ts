import { UserError } from '../errors.ts'
import type { Lab, PostgresNode } from '../lab.ts'
import { type Parting, partingOf } from '../observe/lineage.ts'
import type { LiveLab } from '../observe/live-lab.ts'
import { findServer, type Server } from '../observe/servers.ts'
import { linksOf } from '../postgres/topology.ts'
import type { Note } from '../tasks/index.ts'
import { ableToFollow, backupNames, callPlaybook } from './follow.ts'
import { otherPrimary } from './rejoin.ts'

/** A standby whose data is replaced by a fresh clone. */
export interface ReinitPlan {
  readonly node: PostgresNode
  /** The server it is cloned from and follows then. */
  readonly upstream: PostgresNode
  /** It is a primary of its own: what it has written is lost. */
  readonly isPrimary: boolean
  /** WAL that only this server has, where that is known. */
  readonly parting: Parting | undefined
  /** Servers the playbook runs on, besides the backup host. */
  readonly limit: readonly string[]
}

/**
 * Decides whether a server can be cloned again.
 * @throws UserError with the reason why not
 */
export function planReinit(lab: Lab, servers: readonly Server[], name: string): ReinitPlan {
  const own = findServer(servers, name)
  const primary = otherPrimary(servers, own)
  if (own.state === 'gone') {
    throw new UserError(`The machine of ${name} does not answer`, { hint: 'start it: npx create-pg-lab up' })
  }
  const link = linksOf(lab, primary.node).find(({ node }) => node.name === name)
  const upstream = findServer(servers, link?.upstream.name ?? primary.node.name)
  verifyAnswers(upstream, own)
  const others = ableToFollow(servers.filter((server) => server !== own)).map(({ node }) => node.name)
  return {
    node: own.node,
    upstream: upstream.node,
    isPrimary: own.state === 'primary',
    parting: own.answer && primary.answer && partingOf(own.answer.way, primary.answer.way),
    limit: [...others, name],
  }
}

function verifyAnswers(upstream: Server, { node }: Server): void {
  if (upstream.answer) return
  throw new UserError(`${upstream.node.name}, which ${node.name} follows, does not answer`, {
    hint: 'start what is not running: npx create-pg-lab up',
  })
}

/** Clones the server again; its old data is deleted once the clone is complete. */
export async function reinitServer(
  live: LiveLab,
  { node, limit: servers }: ReinitPlan,
  note: Note = () => {},
): Promise<void> {
  const extraVars = { postgres_target: node.name }
  const limit = [...servers, ...(await backupNames(live))]
  await callPlaybook(live, { playbook: 'provisioning/operations/reinit.yml', limit, extraVars }, note)
}

import { CommandError } from '../../errors.ts'
import { type BackupNode, type Lab, type LabNode, type PostgresNode, postgresNodes } from '../../lab.ts'
import type { LiveLab } from '../../observe/live-lab.ts'
import { askServers, primaryOf } from '../../observe/servers.ts'
import { delayOf, followersOf } from '../../postgres/topology.ts'

/** Who plays which part, for the length of one drill. Kept on disk, so that an interrupted drill can be led back. */
export interface Cast {
  /** The primary when the drill began. The config is not asked: after a failover it is another one. */
  readonly primary: string
  /** The host that has the bad day. */
  readonly victim: string
  /** The host the writer runs on; never the victim. */
  readonly writer: string
  /** One of the drill's `hows`; `undefined` where there is only one way. */
  readonly how: string | undefined
}

/** The victim is the primary itself. */
export function thePrimary(_lab: Lab, primary: PostgresNode): PostgresNode {
  return primary
}

/** A standby that nobody follows: in a cascade the others would lose their upstream too. */
export function leafStandby(lab: Lab, primary: PostgresNode): PostgresNode {
  const standbys = postgresNodes(lab).filter(({ name }) => name !== primary.name)
  const leaf = standbys.findLast((node) => followersOf(lab, primary, node).length === 0)
  if (!leaf) throw new Error('a lab with slaves has one that nobody follows')
  return leaf
}

/** The first that streams from the primary itself and replays at once. */
export function successor(lab: Lab, primary: PostgresNode): PostgresNode {
  const [node] = followersOf(lab, primary, primary).filter((one) => delayOf(lab, one) === '')
  const fallback = postgresNodes(lab).find(({ name }) => name !== primary.name)
  if (!node && !fallback) throw new Error('a lab with slaves has a successor')
  return node ?? (fallback as PostgresNode)
}

/** The victim, which has PostgreSQL. */
export function serverOf({ lab, victim }: { readonly lab: Lab; readonly victim: LabNode }): PostgresNode {
  const node = postgresNodes(lab).find(({ name }) => name === victim.name)
  if (!node) throw new Error(`${victim.name} has no PostgreSQL`)
  return node
}

/** Name of the slot through which the victim streams. */
export function slotOf(lab: Lab, { victim }: Cast): string {
  return postgresNodes(lab).find(({ name }) => name === victim)?.slot ?? ''
}

/** The lab's backup host. @throws CommandError where a drill that needs one is played without */
export function backupOf({ lab }: { readonly lab: Lab }): BackupNode {
  if (lab.backup) return lab.backup
  throw new CommandError('The lab has no backup host', { command: 'npx create-pg-lab config' })
}

/** The primary of now; that of the beginning where nobody is one. */
export async function primaryOrFirst({
  lab,
  guest,
  primary,
}: Pick<LiveLab, 'lab' | 'guest'> & { readonly primary: LabNode }): Promise<LabNode> {
  const found = primaryOf(await askServers(lab, guest))
  return found.is === 'found' ? found.node : primary
}

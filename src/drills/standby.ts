import { type Lab, type PostgresNode, postgresNodes } from '../lab.ts'
import { followersOf } from '../tools/cluster.ts'
import type { Cast, Stage } from './drill.ts'

/** A standby that nobody follows: in a cascade the others would lose their upstream too. */
export function leafStandby(lab: Lab, primary: PostgresNode): PostgresNode {
  const standbys = postgresNodes(lab).filter(({ name }) => name !== primary.name)
  const leaf = standbys.findLast((node) => followersOf(lab, primary, node).length === 0)
  if (!leaf) throw new Error('a lab with slaves has one that nobody follows')
  return leaf
}

/** The victim, which is a standby. */
export function standbyOf({ lab, victim }: Pick<Stage, 'lab' | 'victim'>): PostgresNode {
  const node = postgresNodes(lab).find(({ name }) => name === victim.name)
  if (!node) throw new Error(`${victim.name} has no PostgreSQL`)
  return node
}

/** Name of the slot through which the victim streams. */
export function slotOf(lab: Lab, { victim }: Cast): string {
  return postgresNodes(lab).find(({ name }) => name === victim)?.slot ?? ''
}

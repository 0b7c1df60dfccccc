import { type Lab, type LabNode, type PostgresNode, postgresNodes } from '../lab.ts'
import { applicationOf } from './barman.ts'

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

/** The server whose data base backups copy: the slave that the config names, even when it is the primary. */
export function copiedServer<Node extends LabNode>(lab: Lab, primary: Node): Node | PostgresNode {
  return postgresNodes(lab).find(({ name }) => name === lab.backup?.from) ?? primary
}

/** Whether any commit waits for somebody else. */
export function commitsWait({ replication, backup }: Pick<Lab, 'replication' | 'backup'>): boolean {
  return replication.synchronousCount > 0 || backup?.synchronous === true
}

/**
 * synchronous_standby_names of the current primary, `''` when nobody is waited for: only a standby that streams
 * from the primary itself can be, and Barman, which comes first. Role master has the same rule.
 */
export function synchronousNames(lab: Lab, primary: LabNode): string {
  const barman = lab.backup?.synchronous ? [applicationOf(lab.backup)] : []
  const slaves = followersOf(lab, primary, primary).map(({ name }) => name)
  const count = Math.min(lab.replication.synchronousCount, slaves.length)
  const names = [...barman, ...(count === 0 ? [] : slaves)].map((name) => `"${name}"`) // for names with a dash
  return names.length === 0 ? '' : `FIRST ${barman.length + count} (${names.join(', ')})`
}

/** The servers that should stream from this one. */
export function followersOf(lab: Lab, primary: LabNode, upstream: LabNode): readonly PostgresNode[] {
  return linksOf(lab, primary)
    .filter((link) => link.upstream.name === upstream.name)
    .map(({ node }) => node)
}

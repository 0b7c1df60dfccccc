import type { Lab, LabNode, SlaveNode } from '../lab.ts'

/** What the drawing says of a machine, in the README's language. */
export interface TopologyWords {
  readonly primary: string
  /** @param slot the slot it streams through */
  readonly standby: (slot: string) => string
  readonly synchronous: string
  /** It becomes synchronous when one that is fails. */
  readonly potential: string
  /** @param delay e.g. `5min` */
  readonly delayed: (delay: string) => string
  /** @param isWaitedFor whether commits wait for it */
  readonly barman: (slot: string, isWaitedFor: boolean) => string
}

interface DiagramRow {
  readonly left: string
  readonly node: LabNode
  readonly note: string
}

/**
 * Draws who streams from whom, as a tree in plain text.
 * @returns lines without a line end after the last
 */
export function topology(lab: Lab, words: TopologyWords): string {
  const { master, backup } = lab
  const rows: DiagramRow[] = [
    { left: master.name, node: master, note: words.primary },
    ...branches(lab, master.name, '', words),
  ]
  if (backup)
    rows.push({
      left: `└─▶ ${backup.name}`,
      node: backup,
      note: words.barman(backup.slot, backup.synchronous),
    })
  const [left, address] = [widest(rows.map((row) => row.left)), widest(rows.map((row) => row.node.address))]
  return rows
    .map((row) => `${row.left.padEnd(left)}   ${row.node.address.padEnd(address)}   ${row.note}`)
    .join('\n')
}

function widest(texts: readonly string[]): number {
  return Math.max(...texts.map((text) => text.length))
}

/** The slaves that stream from a server, each followed by those that stream from it. */
function branches(lab: Lab, upstream: string, indent: string, words: TopologyWords): DiagramRow[] {
  const slaves = lab.slaves.filter((slave) => slave.upstream === upstream)
  return slaves.flatMap((slave, index) => {
    const followsMaster = upstream === lab.master.name
    const isLast = index === slaves.length - 1 && !(followsMaster && lab.backup)
    const row = {
      left: `${indent}${isLast ? '└' : '├'}─▶ ${slave.name}`,
      node: slave,
      note: note(lab, slave, words),
    }
    return [row, ...branches(lab, slave.name, `${indent}${isLast ? ' ' : '│'}   `, words)]
  })
}

function note(lab: Lab, slave: SlaveNode, words: TopologyWords): string {
  return [
    words.standby(slave.slot),
    ...synchronousWords(lab, slave, words),
    ...(slave.applyDelay ? [words.delayed(slave.applyDelay)] : []),
  ].join(', ')
}

/** Of those that stream from the master, the first ones are waited for. */
function synchronousWords(
  { slaves, master, replication }: Lab,
  slave: SlaveNode,
  words: TopologyWords,
): string[] {
  const rank = slaves.filter(({ upstream }) => upstream === master.name).indexOf(slave)
  if (rank < 0 || replication.synchronousCount === 0) return []
  return [rank < replication.synchronousCount ? words.synchronous : words.potential]
}

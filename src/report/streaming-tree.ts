import type { NodeState } from '../observe/status.ts'

/** A host under the one it streams from. */
export interface Branch {
  readonly node: NodeState
  readonly children: readonly Branch[]
}

/** Who streams from whom: primaries, and hosts nobody knows the upstream of, are at the top. */
export function treeOf(nodes: readonly NodeState[]): readonly Branch[] {
  const seen = new Set<string>()
  const grow = (node: NodeState): Branch => {
    seen.add(node.name)
    const children = nodes.filter(({ name, upstream }) => upstream === node.name && !seen.has(name))
    return { node, children: children.map(grow) }
  }
  const isTop = ({ name, upstream }: NodeState) =>
    upstream === undefined || upstream === name || !nodes.some((node) => node.name === upstream)
  const tops = nodes.filter(isTop).map(grow)
  // Hosts that stream in a circle have no top: each of the rest begins a tree of its own.
  const rest = nodes.flatMap((node) => (seen.has(node.name) ? [] : [grow(node)]))
  return [...tops, ...rest]
}

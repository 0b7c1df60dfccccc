import type { NodeState, Survey } from '../observe/status.ts'
import type { Words } from '../words/index.ts'
import { type Markup, tag } from './markup.ts'
import { arrowWords } from './mermaid.ts'
import { type Branch, treeOf } from './streaming-tree.ts'

/** In units of the picture; text is 14 high. */
const BOX = { width: 216, height: 76 } as const
const GAP = { x: 20, y: 56 } as const
const MARGIN = 4

/** Smaller than that nobody can read it: then it is scrolled. */
const LEAST_SCALE = 0.6

interface Placed {
  readonly node: NodeState
  /** Middle of the box. */
  readonly x: number
  readonly y: number
  readonly parent: Placed | undefined
}

/** The topology as a picture: each host in a box under the one it streams from. */
export function topologySvg(survey: Survey, words: Words): Markup {
  const places = place(treeOf(survey.nodes))
  const width = Math.max(...places.map(({ x }) => x)) + BOX.width / 2 + MARGIN
  const height = Math.max(...places.map(({ y }) => y)) + BOX.height / 2 + MARGIN
  return tag`<svg class="topology" viewBox="0 0 ${width} ${height}" style="max-width:${width}px;min-width:${Math.round(width * LEAST_SCALE)}px" role="img" aria-labelledby="topology-name topology-text">
<title id="topology-name">${words.topology}</title>
<desc id="topology-text">${survey.nodes.map((node) => sentence(node, words)).join('. ')}</desc>
${places.map((one) => arrow(one, words))}
${places.map((one) => box(one, words))}
</svg>`
}

function sentence({ name, role, state, upstream }: NodeState, words: Words): string {
  return [name, words.roles[role], words.tell(state), ...(upstream ? [`← ${upstream}`] : [])].join(', ')
}

/** Leaves stand side by side, each parent over the middle of its children. */
function place(branches: readonly Branch[]): readonly Placed[] {
  const places: Placed[] = []
  let nextLeaf = MARGIN + BOX.width / 2
  const xs = new Map<Branch, number>()
  const measure = (branch: Branch): number => {
    const children = branch.children.map(measure)
    const x = children.length === 0 ? nextLeaf : ((children[0] ?? 0) + (children.at(-1) ?? 0)) / 2
    if (children.length === 0) nextLeaf += BOX.width + GAP.x
    xs.set(branch, x)
    return x
  }
  const put = (branch: Branch, depth: number, parent: Placed | undefined): void => {
    const y = MARGIN + BOX.height / 2 + depth * (BOX.height + GAP.y)
    const placed: Placed = { node: branch.node, x: xs.get(branch) ?? 0, y, parent }
    places.push(placed)
    for (const child of branch.children) put(child, depth + 1, placed)
  }
  for (const branch of branches) measure(branch)
  for (const branch of branches) put(branch, 0, undefined)
  return places
}

function arrow({ node, x, y, parent }: Placed, words: Words): Markup {
  if (!parent) return tag``
  const top = y - BOX.height / 2
  const from = parent.y + BOX.height / 2
  const bend = (from + top) / 2
  const path = `M${parent.x} ${from}V${bend}H${x}V${top - 7}`
  const head = `M${x - 5} ${top - 8}L${x} ${top - 1}L${x + 5} ${top - 8}Z`
  return tag`<path class="arrow ${node.ok ? 'ok' : 'bad'}" d="${path}"/><path class="head ${node.ok ? 'ok' : 'bad'}" d="${head}"/>
<text class="small" x="${x + 9}" y="${top - 14}">${arrowWords(node, words)}</text>`
}

function box({ node, x, y }: Placed, words: Words): Markup {
  const { name, address, role, state, timeline, ok } = node
  const [left, top] = [x - BOX.width / 2, y - BOX.height / 2]
  const line = timeline === undefined ? '' : ` · ${words.onTimeline(timeline)}`
  return tag`<g class="host ${ok ? 'ok' : 'bad'}"><rect x="${left}" y="${top}" width="${BOX.width}" height="${BOX.height}" rx="8"/>
<text class="name" x="${left + 12}" y="${top + 22}">${short(name, 18)}</text>
<text class="small" x="${left + 12}" y="${top + 41}">${words.roles[role]} · ${address}</text>
<text class="small state" x="${left + 12}" y="${top + 61}">${ok ? '✔' : '✖'} ${short(words.tell(state), 16)}${line}</text></g>`
}

function short(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`
}

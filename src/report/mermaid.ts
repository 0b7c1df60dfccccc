import type { NodeState, Survey } from '../observe/status.ts'
import { oneLine } from '../tools/process/clean-output.ts'
import type { Words } from '../words/index.ts'

/** The topology as a Mermaid flowchart: a box a host, an arrow for WAL on its way. */
export function mermaid({ nodes }: Survey, words: Words): string {
  const ids = new Map(nodes.map(({ name }, at) => [name, `n${at}`]))
  const boxes = nodes.map((node) => {
    const lines = [node.name, node.address, stateWords(node, words)]
    return `  ${ids.get(node.name)}["${lines.map(quoted).join('<br/>')}"]`
  })
  const arrows = nodes.flatMap((node) => {
    const from = ids.get(node.upstream ?? '')
    if (from === undefined) return []
    const arrow = node.ok ? '-->' : '-.-x'
    return [`  ${from} ${arrow}|"${quoted(arrowWords(node, words))}"| ${ids.get(node.name)}`]
  })
  return ['flowchart TD', ...boxes, ...arrows].join('\n')
}

/** `standby, streaming, timeline 1`. */
function stateWords({ role, state, timeline }: NodeState, words: Words): string {
  const line = timeline === undefined ? [] : [words.onTimeline(timeline)]
  return [words.roles[role], words.tell(state), ...line].join(', ')
}

/** The slot, and how far behind. */
export function arrowWords({ slot, lag, state, ok }: NodeState, words: Words): string {
  if (!ok) return words.tell(state)
  return [slot ?? words.tell(state), ...(lag ? [words.size(lag.bytes)] : [])].join(' · ')
}

/** Text inside a Mermaid label: entities are written with `#`. */
function quoted(text: string): string {
  return oneLine(text).replace(/[#"<>&`|]/g, (sign) => `#${sign.codePointAt(0)};`)
}

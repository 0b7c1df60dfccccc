import type { LabNode } from '../../lab.ts'
import type { Guest } from './guest-contract.ts'

/** Asks a host once a guest, whoever wants to know: several checks share an answer, and each question takes its time. */
export function onceAGuest<Node extends LabNode, T>(
  ask: (guest: Guest, node: Node) => Promise<T>,
): (guest: Guest, node: Node) => Promise<T> {
  const answers = new WeakMap<Guest, Map<string, Promise<T>>>()
  return (guest, node) => {
    const ofGuest = answers.get(guest) ?? new Map<string, Promise<T>>()
    answers.set(guest, ofGuest)
    const answer = ofGuest.get(node.name) ?? ask(guest, node)
    ofGuest.set(node.name, answer)
    return answer
  }
}

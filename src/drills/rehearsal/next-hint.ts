import type { Survey } from '../../observe/status.ts'
import type { Hint } from '../drill.ts'

/**
 * Which hint helps now. What can be seen to be done is passed over, with the questions that lead to it; a step that was
 * shown and is not done is shown again. Of what cannot be seen each is shown once.
 * @param shown how many were shown before
 * @returns its place in the list; `undefined` when nothing is left to be said
 */
export function nextHint(hints: readonly Hint[], shown: number, seen: Survey): number | undefined {
  const undone = hints.findIndex(({ isDone, optional }) => isDone && !optional && !isDone(seen))
  const done = hints.findLastIndex(({ isDone }, at) => isDone?.(seen) && (undone === -1 || at < undone))
  const next = Math.max(shown, done + 1)
  if (undone !== -1) return Math.min(next, undone)
  return next < hints.length ? next : undefined
}

/** How a host of the lab is. */
function seenNode({ nodes }: Survey, name: string): Survey['nodes'][number] | undefined {
  return nodes.find((node) => node.name === name)
}

/** A standby that streams, or a Barman that receives. */
export function isWell(name: string): NonNullable<Hint['isDone']> {
  return (seen) => seenNode(seen, name)?.ok === true
}

/** A machine that is on and in its network. */
export function isThere(name: string): NonNullable<Hint['isDone']> {
  return (seen) => {
    const state = seenNode(seen, name)?.state
    return state !== undefined && !['machine down', 'no answer', 'not asked'].includes(state)
  }
}

import { bytesOf } from '../postgres/wal.ts'

/** Which way a server has come: enough to say where two of them diverged. */
export interface Lineage {
  /** The timeline it writes, or replays. */
  readonly timeline: number
  /** End of the WAL it has written, or received and replayed. */
  readonly lsn: string
  /** Where its timeline came from: each older one, and the LSN at which it was left. */
  readonly history: readonly { readonly timeline: number; readonly left_at: string }[]
}

/** Where a server diverged from the primary. */
export interface Parting {
  readonly timeline: number
  readonly lsn: string
  /** WAL that only this server has. */
  readonly bytes: bigint
}

/** Every timeline a server has come through, and the LSN at which it left each; the last it has not left yet. */
function wayOf({ history, timeline, lsn }: Lineage): Lineage['history'] {
  return [...history, { timeline, left_at: lsn }]
}

/**
 * The numbers of timelines are never compared: two servers may both have begun a timeline 2.
 * @returns `undefined` while it can follow the primary as it is
 */
export function partingOf(server: Lineage, primary: Lineage): Parting | undefined {
  const [own, its] = [wayOf(server), wayOf(primary)]
  for (const [at, step] of own.entries()) {
    const other = its[at]
    const before = own[at - 1]
    // Both left the last one at the same place, for timelines of their own.
    if (other?.timeline !== step.timeline) return before && partingAt(server, before)
    const hasLeft = at < own.length - 1
    const hasItLeft = at < its.length - 1
    if (hasLeft && hasItLeft && step.left_at === other.left_at) continue
    const isOtherEarlier = bytesOf(other.left_at) < bytesOf(step.left_at)
    if (hasItLeft)
      return isOtherEarlier ? partingAt(server, other) : hasLeft ? partingAt(server, step) : undefined
    // The primary writes the timeline that this server has left: what came behind, only this server has.
    return hasLeft ? partingAt(server, isOtherEarlier ? other : step) : undefined
  }
  return undefined
}

function partingAt({ lsn }: Lineage, { timeline, left_at }: Lineage['history'][number]): Parting | undefined {
  const bytes = bytesOf(lsn) - bytesOf(left_at)
  return bytes > 0n ? { timeline, lsn: left_at, bytes } : undefined
}

/** The stretches of a server's WAL behind a point, `timeline:start` or `timeline:start:end`. */
export function stretchesBehind(server: Lineage, { timeline, lsn }: Parting): readonly string[] {
  const way = wayOf(server)
  const from = way.findIndex((step) => step.timeline === timeline)
  return way.slice(from).flatMap((step, at, steps) => {
    const start = at === 0 ? lsn : steps[at - 1]?.left_at
    if (at === steps.length - 1) return [`${step.timeline}:${start}`]
    return start === step.left_at ? [] : [`${step.timeline}:${start}:${step.left_at}`] // pg_waldump refuses an empty one
  })
}

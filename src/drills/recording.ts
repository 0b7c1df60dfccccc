/** A commit whose acknowledgement arrived at our side. */
export interface Commit {
  readonly number: number
  /** Our own clock, in ms since 1970. */
  readonly atMs: number
  /** The host that accepted it. */
  readonly host: string
}

/** What the writer told, read from its lines. */
export interface Recording {
  /** In the order they arrived. */
  readonly commits: readonly Commit[]
  /** Sent, but the connection broke before an answer came: each may be there or not. */
  readonly doubtful: readonly number[]
}

/** The writer's numbers: those of each connection begin anew at a multiple of this. */
export const NUMBERS_A_RUN = 1_000_000

/** psql's exit code when it lost its connection, or got none. */
const CONNECTION_LOST = 2

/** Gaps between two commits of one connection that are shorter than this are a slow computer, no outage. */
const OUTAGE_FROM_MS = 1_000

/**
 * Reads the writer's lines, each behind the time at which it arrived: `in RUN` once it is connected, `ack NUMBER HOST`
 * after each commit, `end RUN EXITCODE` when psql has ended. Everything else is what psql prints.
 */
export function readRecording(lines: readonly string[]): Recording {
  const commits: Commit[] = []
  const doubtful: number[] = []
  let next: number | undefined
  for (const line of lines) {
    const [time = '', word = '', first = '', second = ''] = line.split(' ')
    if (word === 'in') next = Number(first) * NUMBERS_A_RUN + 1
    if (word === 'ack') {
      commits.push({ number: Number(first), atMs: Number(time), host: second })
      next = Number(first) + 1
    }
    if (word === 'end') {
      if (next !== undefined && Number(second) === CONNECTION_LOST) doubtful.push(next)
      next = undefined
    }
  }
  return { commits, doubtful }
}

/**
 * The longest time without an acknowledged commit that ended after a moment.
 * @param sinceMs of the disaster
 * @returns last commit before and first after it; `undefined` where the writer was never kept waiting
 */
export function outageOf(
  commits: readonly Commit[],
  sinceMs: number,
): { readonly before: Commit; readonly after: Commit } | undefined {
  const gaps = commits.slice(1).flatMap((after, at) => {
    const before = commits[at]
    if (!before || after.atMs <= sinceMs) return []
    const ms = after.atMs - before.atMs
    return ms >= OUTAGE_FROM_MS || runOf(after) !== runOf(before) ? [{ before, after, ms }] : []
  })
  const [longest] = gaps.sort((one, other) => other.ms - one.ms)
  return longest && { before: longest.before, after: longest.after }
}

/** The writer's connection that a commit went through. */
function runOf({ number }: Commit): number {
  return Math.floor(number / NUMBERS_A_RUN)
}

/** What became of the writes. */
export interface Loss {
  readonly acknowledged: number
  /** Acknowledged, and not there: the loss. */
  readonly lost: readonly number[]
  readonly doubtful: number
  /** Of the doubtful ones, those that are there. */
  readonly doubtfulKept: number
}

/** @param present numbers of the rows on the surviving primary */
export function lossOf({ commits, doubtful }: Recording, present: ReadonlySet<number>): Loss {
  return {
    acknowledged: commits.length,
    lost: commits.flatMap(({ number }) => (present.has(number) ? [] : [number])),
    doubtful: doubtful.length,
    doubtfulKept: doubtful.filter((number) => present.has(number)).length,
  }
}

/** How many commits arrived in each full second from the first moment on, the last of them included. */
export function writesPerSecond(commits: readonly Commit[], fromMs: number, toMs: number): readonly number[] {
  const counts = Array.from({ length: Math.max(0, Math.floor((toMs - fromMs) / 1000)) }, () => 0)
  for (const { atMs } of commits) {
    const second = Math.floor((atMs - fromMs) / 1000)
    if (counts[second] !== undefined) counts[second] += 1
  }
  return counts
}

/** A commit whose acknowledgement arrived at our side. */
export interface Commit {
  readonly number: number
  /** Our own clock, in ms since 1970. */
  readonly atMs: number
  /** The host that accepted it. */
  readonly host: string
}

/** What the writer printed, read from its lines. */
export interface Recording {
  /** In the order they arrived. */
  readonly commits: readonly Commit[]
  /** Sent, but the connection broke before an answer came: each may be there or not. */
  readonly doubtful: readonly number[]
  /** Until then the writer tried: when it was stopped, or its last word before it ended by itself. In ms since 1970. */
  readonly untilMs: number
  /** It was still at work when it was stopped. */
  readonly wasStopped: boolean
}

/** The writer's numbers: those of each connection begin again at a multiple of this. */
export const NUMBERS_A_RUN = 1_000_000

/** psql's exit code when it lost its connection, or got none. */
const CONNECTION_LOST = 2

/** Connections from this one on are those of the writer that goes on without us. */
export const LASTING_RUN = 1_000

/** Gaps between two commits of one connection that are shorter than this are a slow computer, no outage. */
const OUTAGE_FROM_MS = 1_000

/**
 * Reads the writer's lines, each behind the time at which it arrived: `in RUN` once it is connected, `ack NUMBER HOST`
 * after each commit, `end RUN EXITCODE` when psql has ended, `stop` when we end it. Everything else is what psql prints.
 */
export function readRecording(all: readonly string[]): Recording {
  const stopAt = all.findIndex((line) => line.endsWith(' stop'))
  const lines = stopAt === -1 ? all : all.slice(0, stopAt + 1) // what it says while it ends is no part of it
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
  const last = lines.findLast((line) => line !== '') ?? ''
  return { commits, doubtful, untilMs: Number.parseInt(last, 10) || 0, wasStopped: / stop$/.test(last) }
}

/** What two writers printed, of which the second went on when the first had ended. */
export function joined(first: Recording, second: Recording): Recording {
  return {
    commits: [...first.commits, ...second.commits].sort((one, other) => one.atMs - other.atMs),
    doubtful: [...first.doubtful, ...second.doubtful],
    untilMs: Math.max(first.untilMs, second.untilMs),
    wasStopped: second.wasStopped,
  }
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
    return ms >= OUTAGE_FROM_MS || isReconnected(before, after) ? [{ before, after, ms }] : []
  })
  const [longest] = gaps.sort((one, other) => other.ms - one.ms)
  return longest && { before: longest.before, after: longest.after }
}

/** Two writers at the same time have connections of their own. */
function isReconnected(before: Commit, after: Commit): boolean {
  const [from, to] = [runOf(before), runOf(after)]
  return from !== to && from >= LASTING_RUN === to >= LASTING_RUN
}

/**
 * The time without an acknowledged commit that had not ended when the writer did, in ms: nobody knows how long it was.
 * @returns 0 where the last commit was acknowledged just before
 */
export function openOutageMs({ commits, untilMs }: Recording, sinceMs: number): number {
  const lastMs = commits.at(-1)?.atMs ?? sinceMs
  const ms = untilMs - lastMs
  return untilMs > sinceMs && ms >= OUTAGE_FROM_MS ? ms : 0
}

/** The writer's connection that a commit went through. */
function runOf({ number }: Commit): number {
  return Math.floor(number / NUMBERS_A_RUN)
}

/** What became of the writes. */
export interface WriteLoss {
  readonly acknowledged: number
  /** Acknowledged, and not there: the loss. */
  readonly lost: readonly number[]
  readonly doubtful: number
  /** Of the doubtful ones, those that are there. */
  readonly doubtfulKept: number
}

/** @param present numbers of the rows on the surviving primary */
export function lossOf({ commits, doubtful }: Recording, present: ReadonlySet<number>): WriteLoss {
  return {
    acknowledged: commits.length,
    lost: commits.flatMap(({ number }) => (present.has(number) ? [] : [number])),
    doubtful: doubtful.length,
    doubtfulKept: doubtful.filter((number) => present.has(number)).length,
  }
}

/** How many commits arrived in each full step of a time, the last of them included. All in ms since 1970. */
export function commitsInSteps(
  commits: readonly Commit[],
  fromMs: number,
  toMs: number,
  stepMs: number,
): readonly number[] {
  const counts = Array.from({ length: Math.max(0, Math.floor((toMs - fromMs) / stepMs)) }, () => 0)
  for (const { atMs } of commits) {
    const step = Math.floor((atMs - fromMs) / stepMs)
    if (counts[step] !== undefined) counts[step] += 1
  }
  return counts
}

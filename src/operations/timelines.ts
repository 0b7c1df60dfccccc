import { CommandError } from '../errors.ts'
import type { BackupNode, LabNode } from '../lab.ts'
import { barmanConfig } from '../postgres/barman.ts'
import { bytesOf } from '../postgres/wal.ts'
import { scripted } from '../scripts/index.ts'
import type { Guest } from '../tools/ssh/guest-contract.ts'

/** Where a timeline came from: each older one, and the LSN at which it was left. The oldest first. */
type TimelineHistory = readonly { readonly timeline: number; readonly leftAt: string }[]

/** WAL that was given up: a later timeline begins before it. */
interface GivenUp {
  readonly timeline: number
  /** LSN of its first and of its last record. */
  readonly from: string
  readonly to: string
  /** Its commits and rollbacks, in seconds since 1970. `undefined` where it has none. */
  readonly firstCommit: number | undefined
  readonly lastCommit: number | undefined
}

/** A restore point, and the timeline it was made on. */
interface RestorePoint {
  readonly timeline: number
  readonly lsn: string
}

/** The timelines of a cluster, as Barman's archive and the primary know them. */
export interface Timelines {
  /** The one the primary writes; the newest in the archive when there is no primary. */
  readonly current: number
  readonly histories: ReadonlyMap<number, TimelineHistory>
  readonly givenUp: readonly GivenUp[]
  /** The restore points of the name that was asked for, the oldest first. */
  readonly points: readonly RestorePoint[]
}

interface Archive {
  readonly current: number
  readonly histories: Readonly<Record<string, readonly (readonly [number, string])[]>>
  readonly points: readonly (readonly [number, string])[]
  readonly gone: readonly {
    readonly timeline: number
    readonly from: string
    readonly to: string
    readonly first: string | null
    readonly last: string | null
  }[]
}

/** Reading all WAL for the name of a restore point takes its time. */
const TIMEOUT_MS = 30 * 60_000

/**
 * @param primary the one primary, and the timeline it writes; left out when none answers
 * @param name of the restore points to look for
 * @throws CommandError when the archive cannot be read
 */
export async function readTimelines(
  { guest, backup: host }: { readonly guest: Guest; readonly backup: BackupNode },
  primary: { readonly node: LabNode; readonly timeline: number } | undefined,
  name?: string,
): Promise<Timelines> {
  const { config } = await barmanConfig(guest, host)
  const { path_prefix, wals_directory, streaming_wals_directory } = config
  const given = {
    wals: String(wals_directory),
    streaming: String(streaming_wals_directory),
    bin: path_prefix ? String(path_prefix) : '',
    current: primary?.timeline ?? null,
    // Barman may not have got it yet.
    histories: primary ? { [primary.timeline]: await historyOf(guest, primary) } : {},
    name: name ?? null,
  }
  const options = { as: 'barman', stdin: JSON.stringify(given), timeoutMs: TIMEOUT_MS } as const
  const { exitCode, stdout, stderr } = await guest.shell(host, scripted('read-archive.py'), options)
  if (exitCode !== 0) {
    throw new CommandError(`The archive of ${host.server} cannot be read on ${host.name}`, {
      command: 'python3',
      exitCode,
      lastLines: stderr.trim().split('\n'),
    })
  }
  return toTimelines(JSON.parse(stdout) as Archive)
}

async function historyOf(
  guest: Guest,
  { node, timeline }: { readonly node: LabNode; readonly timeline: number },
): Promise<readonly (readonly [number, string])[]> {
  const file = `pg_wal/${timeline.toString(16).toUpperCase().padStart(8, '0')}.history`
  const rows = await guest.rows<{ timeline: number; left_at: string }>(
    node,
    `SELECT line[1]::int AS timeline, line[2] AS left_at
  FROM regexp_matches(pg_read_file('${file}', 0, 1000000, true), '^(\\d+)\\t(\\S+)', 'gn') AS line`,
  )
  return rows.map((row) => [row.timeline, row.left_at] as const)
}

function toTimelines({ current, histories, points, gone }: Archive): Timelines {
  const seconds = (time: string | null) => (time === null ? undefined : secondsOf(time))
  return {
    current,
    histories: new Map(
      Object.entries(histories).map(([timeline, lines]) => [
        Number(timeline),
        lines.map(([older, leftAt]) => ({ timeline: older, leftAt })),
      ]),
    ),
    givenUp: gone.map(({ timeline, from, to, first, last }) => ({
      timeline,
      from,
      to,
      firstCommit: seconds(first),
      lastCommit: seconds(last),
    })),
    points: points.map(([timeline, lsn]) => ({ timeline, lsn })),
  }
}

/** `2026-11-25 19:10:05.123456`, in UTC. JavaScript's own dates end at the milliseconds. */
function secondsOf(time: string): number {
  const [whole = '', fraction = '0'] = time.split('.')
  return Date.parse(`${whole.replace(' ', 'T')}Z`) / 1000 + Number(`0.${fraction}`)
}

/** All timelines that can be named. */
export function knownTimelines({ current, histories, givenUp }: Timelines): readonly number[] {
  const all = [1, current, ...histories.keys(), ...givenUp.map(({ timeline }) => timeline)]
  return [...new Set(all)].sort((a, b) => a - b)
}

/** Whether what was written on a timeline at an LSN belongs to the past of another one, or of itself. */
export function isOnLine({ histories }: Timelines, line: number, timeline: number, lsn: string): boolean {
  if (timeline === line) return true
  const left = histories.get(line)?.find((older) => older.timeline === timeline)
  return left !== undefined && bytesOf(lsn) <= bytesOf(left.leftAt)
}

/** Timelines, the newest last, on which there is another state at this LSN. The current one has every LSN up to now. */
export function timelinesAtLsn({ current, givenUp }: Timelines, lsn: string): readonly number[] {
  const at = bytesOf(lsn)
  const has = ({ from, to }: GivenUp) => bytesOf(from) <= at && at <= bytesOf(to)
  return [...givenUp.filter(has).map(({ timeline }) => timeline), current]
}

/**
 * The same of a time, in seconds since 1970. PostgreSQL stops before the first commit that is younger: WAL without one
 * does not reach it, and WAL whose commits are all younger is not replayed.
 */
export function timelinesAtTime({ current, givenUp }: Timelines, at: number): readonly number[] {
  const has = ({ firstCommit, lastCommit }: GivenUp) =>
    firstCommit !== undefined && lastCommit !== undefined && firstCommit <= at && at < lastCommit
  return [...givenUp.filter(has).map(({ timeline }) => timeline), current]
}

/** The timelines on which a restore point of the name was made: the current one for all its past. */
export function timelinesOfPoints(timelines: Timelines): readonly number[] {
  const { current, points } = timelines
  const lines = points.map(({ timeline, lsn }) => (isCurrent(timelines, timeline, lsn) ? current : timeline))
  return [...new Set(lines)].sort((a, b) => (a === current ? 1 : b === current ? -1 : a - b))
}

function isCurrent(timelines: Timelines, timeline: number, lsn: string): boolean {
  const { current, histories } = timelines
  const left = histories.get(current)?.find((older) => older.timeline === timeline)
  return timeline === current || (left !== undefined && bytesOf(lsn) < bytesOf(left.leftAt))
}

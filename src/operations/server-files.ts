import type { PostgresNode } from '../lab.ts'
import { seeBelongings } from '../observe/belongings.ts'
import type { Lineage } from '../observe/lineage.ts'
import type { LiveLab } from '../observe/live-lab.ts'
import { ifReachable } from '../tools/ssh/if-reachable.ts'
import { GUARD } from './fence.ts'

/** What the files of a server say that does not answer. */
export interface ServerFiles {
  /** `unknown`: nobody can read them, or the guard there is an older one. */
  readonly data: 'there' | 'none' | 'unknown'
  /** It was a standby, or is to be one. */
  readonly isStandby: boolean
  readonly identifier: string
  /** `undefined` where it cannot be read. */
  readonly lineage: Lineage | undefined
}

const UNKNOWN: ServerFiles = { data: 'unknown', isStandby: false, identifier: '', lineage: undefined }

const NOT_FOUND = 127

/** After a crash all WAL behind the last checkpoint is read. */
const READ_WITHIN_MS = 120_000

export async function readFiles({ guest }: Pick<LiveLab, 'guest'>, node: PostgresNode): Promise<ServerFiles> {
  return ifReachable(async () => {
    const options = { as: 'root', timeoutMs: READ_WITHIN_MS } as const
    // sudo ends with 1 whatever went wrong, env with 127 where there is no such command.
    const { exitCode, stdout } = await guest.shell(node, ['env', GUARD, 'look'], options)
    if (exitCode === NOT_FOUND) return await filesWithoutGuard(guest, node)
    return exitCode === 0 ? filesIn(stdout) : UNKNOWN
  }, UNKNOWN)
}

/** A machine that was made again has no guard. Where there is data nevertheless, nobody knows what is in it. */
async function filesWithoutGuard(guest: LiveLab['guest'], node: PostgresNode): Promise<ServerFiles> {
  const { found } = await seeBelongings(guest, node)
  return found.some((line) => /^a (cluster|server) /.test(line)) ? UNKNOWN : { ...UNKNOWN, data: 'none' }
}

function filesIn(stdout: string): ServerFiles {
  const fields = (name: string) =>
    [...stdout.matchAll(new RegExp(`^${name}=(.*)$`, 'gm'))].map(([, value = '']) => value)
  const [data] = fields('data')
  if (data !== 'yes') return data === 'no' ? { ...UNKNOWN, data: 'none' } : UNKNOWN
  const [timeline] = fields('timeline')
  const [end] = fields('end')
  const history = fields('history').map((line) => {
    const [number, left_at = ''] = line.split(' ')
    return { timeline: Number(number), left_at }
  })
  return {
    data: 'there',
    isStandby: fields('standby')[0] === 'yes',
    identifier: fields('identifier')[0] ?? '',
    lineage: end ? { timeline: Number(timeline), lsn: end, history } : undefined,
  }
}

/** What was committed in WAL that only one server has; renewed statistics, as autovacuum writes them, do not count. */
export interface Commits {
  readonly count: number
  /** As PostgreSQL writes it into the WAL; `''` where there is none. */
  readonly last: string
}

/**
 * @param stretches of its WAL, `timeline:start` or `timeline:start:end`
 * @returns `undefined` where the WAL is gone, or nobody can read it
 */
export async function countCommits(
  { guest }: Pick<LiveLab, 'guest'>,
  node: PostgresNode,
  stretches: readonly string[],
): Promise<Commits | undefined> {
  return ifReachable(async () => {
    const argv = [GUARD, 'commits', ...stretches]
    const { exitCode, stdout } = await guest.shell(node, argv, { as: 'root', timeoutMs: READ_WITHIN_MS })
    const count = /^commits=(\d+)$/m.exec(stdout)?.[1]
    if (exitCode !== 0 || count === undefined || /^unread=/m.test(stdout)) return undefined
    return { count: Number(count), last: /^last=(.*)$/m.exec(stdout)?.[1] ?? '' }
  }, undefined)
}

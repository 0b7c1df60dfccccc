import { programFailed } from '../errors.ts'
import type { LabNode } from '../lab.ts'
import type { LiveLab } from '../observe/live-lab.ts'
import { ifReachable } from '../tools/ssh/if-reachable.ts'

/** What became of a server that must not come back as a primary. */
export interface Fenced {
  readonly node: LabNode
  /**
   * It is stopped, and marked as a standby. Otherwise its machine did not answer: when it boots, its guard asks the
   * others before PostgreSQL starts; one that was only paused goes on.
   */
  readonly ok: boolean
  /** Of its control file: `shut down`, … */
  readonly state: string
  /** LSN of its last checkpoint. */
  readonly checkpoint: string
}

/** The script that role postgres installs on every server. */
export const GUARD = 'pg-lab-guard'

/** On top of what PostgreSQL is given to stop: ssh, and a machine that is slow. */
const AROUND_MS = 10_000

/**
 * Stops PostgreSQL on a machine and marks it as a standby.
 * @param seconds after which it is stopped by force
 */
export async function fence(
  { guest }: Pick<LiveLab, 'guest'>,
  node: LabNode,
  seconds: number,
): Promise<Fenced> {
  const unreached = { node, ok: false, state: '', checkpoint: '' }
  return ifReachable(async () => {
    const timeoutMs = seconds * 1000 + AROUND_MS
    const output = await guest.shell(node, [GUARD, 'fence', String(seconds)], { as: 'root', timeoutMs })
    const field = (name: string) => new RegExp(`^${name}=(.*)$`, 'm').exec(output.stdout)?.[1] ?? ''
    return { node, ok: output.exitCode === 0, state: field('state'), checkpoint: field('checkpoint') }
  }, unreached)
}

/**
 * Takes the fence away again and starts PostgreSQL.
 * @throws CommandError when it does not start
 */
export async function release({ guest }: Pick<LiveLab, 'guest'>, node: LabNode): Promise<void> {
  const output = await guest.shell(node, [GUARD, 'release'], { as: 'root' })
  if (output.exitCode === 0) return
  throw programFailed(`PostgreSQL does not start again on ${node.name}`, `sudo ${GUARD} release`, output)
}

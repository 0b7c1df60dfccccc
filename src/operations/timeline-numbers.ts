import type { BackupNode, LabNode } from '../lab.ts'
import type { LiveLab } from '../observe/live-lab.ts'
import { ifReachable } from '../tools/ssh/if-reachable.ts'
import { GUARD } from './fence.ts'

/**
 * The numbers behind this timeline's that Barman's archive knows. PostgreSQL gives a new timeline the first number it has
 * not heard of itself: where a timeline was given up, WAL of another one would get the names of files that are archived.
 * @param timeoutMs Barman answers within a second, unless its host is loaded
 * @returns none where it does not answer in time
 */
export async function takenNumbers(
  { lab, guest }: LiveLab,
  timeline: number,
  timeoutMs: number,
): Promise<readonly number[]> {
  const { backup } = lab
  const taken: number[] = []
  if (!backup) return taken
  for (let next = timeline + 1; await isArchived(guest, backup, next, timeoutMs); next += 1) taken.push(next)
  return taken
}

async function isArchived(
  guest: LiveLab['guest'],
  backup: BackupNode,
  timeline: number,
  timeoutMs: number,
): Promise<boolean> {
  const name = `${timeline.toString(16).toUpperCase().padStart(8, '0')}.history`
  return ifReachable(async () => {
    const argv = ['barman', 'get-wal', '--partial', backup.server, name]
    const { exitCode, stdout } = await guest.shell(backup, argv, { as: 'barman', timeoutMs })
    return exitCode === 0 && /^\d+\t/m.test(stdout)
  }, false)
}

/** Lets the next promotion of a standby pass these numbers by; none takes back what no promotion came of. */
export async function reserveNumbers(
  { guest }: LiveLab,
  node: LabNode,
  numbers: readonly number[],
): Promise<void> {
  const argv = numbers.length > 0 ? [GUARD, 'reserve', ...numbers.map(String)] : [GUARD, 'free']
  await guest.shell(node, argv, { as: 'root' })
}

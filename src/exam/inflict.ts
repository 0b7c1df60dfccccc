import type { Guest } from '../tools/ssh/guest-contract.ts'
import type { DrawnFault } from './draw.ts'

/**
 * Does the faults one after the other.
 * @param begun how many were begun with before: whoever was cut off does the last of them again
 * @param onBegin is told how many have been begun with, before each is done
 */
export async function inflictFaults(
  faults: readonly DrawnFault[],
  begun: number,
  guest: Guest,
  onBegin: (begun: number) => void,
): Promise<void> {
  for (const [at, fault] of faults.entries()) {
    if (at + 1 < begun) continue
    onBegin(at + 1)
    await fault.inflict(guest)
  }
}

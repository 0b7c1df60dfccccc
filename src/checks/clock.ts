import { CommandError } from '../errors.ts'
import type { Finding } from '../finding.ts'
import { type Lab, type LabNode, nodesOf } from '../lab.ts'
import type { Guest } from '../tools/ssh/guest-contract.ts'
import { type Check, lookAtEach } from './support/check.ts'
import { greet } from './support/first-contact.ts'

/** Recovery to a moment, lag and logs mean little when the clocks differ by more. */
const LIMIT_S = 2

export const clock: Check = {
  id: 'clock',
  title: 'The clocks of all hosts agree',
  run: lookAtClocks,
}

async function lookAtClocks(lab: Lab, guest: Guest): Promise<Finding[]> {
  const nodes = nodesOf(lab)
  const offsets = await Promise.all(nodes.map((node) => offsetOf(node, guest)))
  const reference = offsets.find(isOffset) ?? { aheadS: 0, errorS: 0 }
  return lookAtEach('clock', nodes, async (node) => {
    const offset = offsets[nodes.indexOf(node)]
    if (!offset || !isOffset(offset)) throw offset
    const difference = differenceS(offset, reference)
    return [
      {
        what: 'clock',
        expected: `less than ${LIMIT_S} s off ${lab.master.name}`,
        observed: `${Math.abs(difference).toFixed(1)} s ${difference < 0 ? 'behind' : 'ahead'}`,
        ok: Math.abs(difference) < LIMIT_S,
        hint: `Let the host set it, on ${node.name}: sudo systemctl restart systemd-timesyncd || sudo systemctl restart chronyd`,
        command: 'date +%s.%N',
      },
    ]
  })
}

/** How far a node's clock is ahead of this computer's, and by how much that may be wrong, in seconds. */
interface Offset {
  readonly aheadS: number
  readonly errorS: number
}

function isOffset(seen: Offset | CommandError): seen is Offset {
  return !(seen instanceof CommandError)
}

/** What is certain of a difference: on a busy computer an answer takes seconds, and they are no fault of the clock. */
function differenceS(one: Offset, other: Offset): number {
  const difference = one.aheadS - other.aheadS
  return Math.sign(difference) * Math.max(0, Math.abs(difference) - one.errorS - other.errorS)
}

/** The clock was read at some time between question and answer; or why it could not be asked. */
async function offsetOf(node: LabNode, guest: Guest): Promise<Offset | CommandError> {
  try {
    const { clockS, askedMs, answeredMs } = await greet(guest, node)
    return {
      aheadS: clockS - (askedMs + answeredMs) / 2 / 1000,
      errorS: (answeredMs - askedMs) / 2 / 1000,
    }
  } catch (error) {
    if (error instanceof CommandError) return error
    throw error
  }
}

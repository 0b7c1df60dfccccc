import { CommandError } from '../errors.ts'
import type { Finding } from '../finding.ts'
import { type Lab, type LabNode, nodesOf } from '../lab.ts'
import type { Guest } from '../tools/contracts.ts'
import { type Check, lookAtEach } from './check.ts'

/** Recovery to a moment, lag and logs mean little when the clocks differ by more. */
const LIMIT_S = 2

const COMMAND = ['date', '+%s.%N'] as const

export const clock: Check = {
  id: 'clock',
  title: 'The clocks of all hosts agree',
  run: look,
}

async function look(lab: Lab, guest: Guest): Promise<Finding[]> {
  const nodes = nodesOf(lab)
  const offsets = await Promise.all(nodes.map((node) => offsetOf(node, guest)))
  const reference = offsets.find((offset) => typeof offset === 'number') ?? 0
  return lookAtEach('clock', nodes, async (node) => {
    const offset = offsets[nodes.indexOf(node)]
    if (typeof offset !== 'number') throw offset
    const difference = offset - reference
    return [
      {
        what: 'clock',
        expected: `less than ${LIMIT_S} s off ${lab.master.name}`,
        observed: `${Math.abs(difference).toFixed(1)} s ${difference < 0 ? 'behind' : 'ahead'}`,
        ok: Math.abs(difference) < LIMIT_S,
        hint: `Let the host set it, on ${node.name}: sudo systemctl restart systemd-timesyncd || sudo systemctl restart chronyd`,
        command: COMMAND.join(' '),
      },
    ]
  })
}

/** Seconds the node is ahead of this computer, or why it could not be asked. Half the way there and back is taken off. */
async function offsetOf(node: LabNode, guest: Guest): Promise<number | CommandError> {
  const asked = Date.now()
  try {
    const output = await guest.shell(node, COMMAND)
    return Number(output.stdout) - (asked + Date.now()) / 2 / 1000
  } catch (error) {
    if (error instanceof CommandError) return error
    throw error
  }
}

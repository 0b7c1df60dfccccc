import { CommandError } from '../errors.ts'
import type { PostgresNode } from '../lab.ts'
import { scripted } from '../scripts/index.ts'
import { quoteForShell } from '../tools/process/quote.ts'
import type { Guest } from '../tools/ssh/guest-contract.ts'

const START_WITHIN_MS = 120_000

/** Stops the PostgreSQL server of a node, in good order; it may be stopped already. */
export async function stopServer(node: PostgresNode, guest: Guest): Promise<void> {
  await onUnits(node, guest, 'stop')
}

/** Starts it; it may be running. */
export async function startServer(node: PostgresNode, guest: Guest): Promise<void> {
  await onUnits(node, guest, 'start')
}

async function onUnits(node: PostgresNode, guest: Guest, verb: 'start' | 'stop'): Promise<void> {
  const argv = scripted('postgres-units.sh', [verb])
  const output = await guest.shell(node, argv, { as: 'root', timeoutMs: START_WITHIN_MS })
  if (output.exitCode === 0) return
  throw new CommandError(`PostgreSQL on ${node.name} does not ${verb}`, {
    command: `npx create-pg-lab ssh ${quoteForShell([node.name, '--', 'systemctl', 'status', 'postgresql*'])}`,
    exitCode: output.exitCode,
    lastLines: output.stderr.split('\n').filter((line) => line.trim() !== ''),
    hint: 'set it up again: npx create-pg-lab provision',
  })
}

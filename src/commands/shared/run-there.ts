import { can } from '../../catalog/providers/index.ts'
import type { LabNode } from '../../lab.ts'
import type { Session } from './session.ts'

/** What ssh ends with when it did not get through. */
const UNREACHABLE = 255

/** Says what helps where ssh did not get through; ssh itself has said how it failed. */
export async function explainSilence(
  { context, lab, vagrant }: Pick<Session, 'context' | 'lab' | 'vagrant'>,
  { name }: LabNode,
  exitCode: number,
): Promise<void> {
  if (exitCode !== UNREACHABLE) return
  const machines = can(lab).makeMachines ? await vagrant.status() : []
  const state = machines.find((machine) => machine.name === name)?.state ?? 'running'
  const words =
    state === 'running'
      ? `${name} does not answer. How the lab is: npx create-pg-lab status`
      : `The machine of ${name} is not running (${state}). Start the lab: npx create-pg-lab up`
  context.stderr.write(`${words}\n`)
}

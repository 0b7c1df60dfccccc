import { can } from '../../catalog/providers/index.ts'
import type { LabNode } from '../../lab.ts'
import type { Command } from '../../tools/runner.ts'
import type { Session } from './session.ts'

/** What ssh ends with when it did not get through. */
const UNREACHABLE = 255

/**
 * Hands the terminal to a program on a machine. Where ssh did not get through, it has said how it failed, and we say what
 * helps.
 * @param command ssh with its words, as `sentCommand` gives it
 * @returns the program's exit code; 255 when ssh did not get through
 */
export async function runThere(
  session: Session,
  node: LabNode,
  { file, args }: Pick<Command, 'file' | 'args'>,
): Promise<number> {
  const { context, directory } = session
  const { exitCode } = await context.run({
    file,
    args,
    cwd: directory,
    interactive: true,
    expectExit: 'any',
  })
  if (exitCode === UNREACHABLE) context.stderr.write(`${await remedyFor(session, node)}\n`)
  return exitCode
}

async function remedyFor({ lab, vagrant }: Session, { name }: LabNode): Promise<string> {
  const machines = can(lab).makeMachines ? await vagrant.status() : []
  const state = machines.find((machine) => machine.name === name)?.state ?? 'running'
  return state === 'running'
    ? `${name} does not answer. How the lab is: npx create-pg-lab status`
    : `The machine of ${name} is not running (${state}). Start the lab: npx create-pg-lab up`
}

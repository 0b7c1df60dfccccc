import { runChecks } from '../../checks/index.ts'
import { CommandError } from '../../errors.ts'
import { appliedFiles } from '../../generate/applied-files.ts'
import { type LabNode, nodesOf } from '../../lab.ts'
import { type HostState, type Mark, seeHostState, writeMark } from '../../observe/host-state.ts'
import { nameOfApplied } from '../../plan/nothing-to-apply.ts'
import type { Task } from '../../tasks/index.ts'
import type { Session } from '../shared/session.ts'
import { judged } from './verify.ts'

/** A run that ends half-way must not leave the mark of the one before. A host that is away has the playbook fail. */
export async function removeMarks({ lab, guest }: Session): Promise<void> {
  await Promise.all(nodesOf(lab).map((node) => unlessSilent(writeMark(guest, node, undefined))))
}

/**
 * Every check, and then the mark on each host. A host is marked as it was before the checks: what changes while they
 * run is found the next time.
 * @throws FailedFindings and marks nothing
 */
export function verifyAndMark(session: Session): Task {
  const { lab, guest, directory } = session
  return {
    title: 'Verify',
    run: async ({ note }) => {
      const [applied, states] = await Promise.all([
        appliedFiles(directory),
        Promise.all(nodesOf(lab).map((node) => seeHostState(lab, guest, node))),
      ])
      const said = judged(await runChecks(lab, guest, { onCheck: ({ title }) => note(title) }))
      if (applied) await markAll(session, states, nameOfApplied(applied))
      return said
    },
  }
}

async function markAll(
  { lab, guest }: Session,
  states: readonly HostState[],
  applied: string,
): Promise<void> {
  const atMs = Date.now()
  const mark = (node: LabNode, state: HostState | undefined) => {
    if (!state || 'doubt' in state) return undefined
    return unlessSilent(writeMark(guest, node, { applied, atMs, state: state.lines } satisfies Mark))
  }
  await Promise.all(nodesOf(lab).map((node, at) => mark(node, states[at])))
}

/** A host without a mark costs the next run its time, and nothing else. */
async function unlessSilent(act: Promise<void>): Promise<void> {
  try {
    await act
  } catch (error) {
    if (!(error instanceof CommandError)) throw error
  }
}

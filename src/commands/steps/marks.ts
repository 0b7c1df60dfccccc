import { runChecks } from '../../checks/index.ts'
import { type AppliedFiles, appliedFiles } from '../../generate/applied-files.ts'
import { type LabNode, nodesOf } from '../../lab.ts'
import { type HostState, type Mark, seeHostState, writeMark } from '../../observe/host-state.ts'
import { nameOfApplied } from '../../plan/nothing-to-apply.ts'
import type { Task } from '../../tasks/index.ts'
import { ifReachable } from '../../tools/ssh/if-reachable.ts'
import type { Session } from '../shared/session.ts'
import { judged } from './verify.ts'

/** A run that ends half-way must not leave the mark of the one before. A host that is away has the playbook fail. */
export async function removeMarks({ lab, guest }: Session): Promise<void> {
  await Promise.all(
    nodesOf(lab).map((node) => ifReachable(() => writeMark(guest, node, undefined), undefined)),
  )
}

/**
 * Every check, and then the mark on each host. A host is marked as it was before the checks: what changes while they
 * run is found the next time.
 * @param before the files when the playbook began: who edited one meanwhile gets no mark
 * @throws FailedFindings and marks nothing
 */
export function verifyAndMark(session: Session, before: AppliedFiles | undefined): Task {
  const { lab, guest, directory } = session
  return {
    title: 'Verify',
    run: async ({ note }) => {
      const [applied, states] = await Promise.all([
        appliedFiles(directory),
        Promise.all(nodesOf(lab).map((node) => seeHostState(lab, guest, node))),
      ])
      const said = judged(await runChecks(lab, guest, { onCheck: ({ title }) => note(title) }))
      if (applied && applied.sources === before?.sources)
        await markAll(session, states, nameOfApplied(applied))
      return said
    },
  }
}

/** A host that stays without a mark costs the next run its time, and nothing else. */
async function markAll(
  { lab, guest }: Session,
  states: readonly HostState[],
  applied: string,
): Promise<void> {
  const atMs = Date.now()
  const mark = (node: LabNode, state: HostState | undefined) => {
    if (!state || 'doubt' in state) return undefined
    const made: Mark = { applied, atMs, state: state.lines }
    return ifReachable(() => writeMark(guest, node, made), undefined)
  }
  await Promise.all(nodesOf(lab).map((node, at) => mark(node, states[at])))
}

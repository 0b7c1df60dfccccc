import { can } from '../../catalog/providers/index.ts'
import { UserError } from '../../errors.ts'
import { readFormer } from '../../generate/write/last-written.ts'
import { refusals } from '../../plan/refusals.ts'
import { type PlanSurvey, survey } from '../../plan/survey.ts'
import type { Task } from '../../tasks/index.ts'
import type { Session } from '../shared/session.ts'

/**
 * Whether the user has agreed, by naming the lab, that it may have what somebody else has made on its servers.
 * @throws UserError when another lab is named, or there is nothing to take over
 */
export function agreesToTakeOver({ lab }: Session, named: string | undefined): boolean {
  if (named === undefined) return false
  if (can(lab).makeMachines) {
    throw new UserError('--take-over is for existing servers', {
      hint: "leave it out: Vagrant's machines are the lab's own",
    })
  }
  if (named === lab.name) return true
  throw new UserError(`--take-over names ${named}, and this lab is ${lab.name}`, {
    hint: 'look at the config first',
  })
}

/** The lab as it is: files as they were written last, machines, servers. Call it before the files are written again. */
export async function lookAtLab(
  { context, directory, lab, guest }: Session,
  { takesOver = false, asksHosts = false } = {},
): Promise<PlanSurvey> {
  const former = await readFormer(directory)
  return survey({ lab, guest, directory, run: context.run, former, takesOver, asksHosts })
}

/** @throws UserError with all that the config asks for and the lab cannot become */
export function verifyFeasible({ lab }: Session, seen: PlanSurvey): void {
  const refused = refusals(lab, seen)
  if (refused.length === 0) return
  const problems = refused.map(({ node = '', text, hint }) => ({
    path: node,
    message: text,
    ...(hint ? { hint } : {}),
  }))
  throw new UserError('The lab cannot become what the config asks for. No server was touched.', { problems })
}

/** Machines that did not answer at first have been started: what they say now may stop us all the same. */
export function lookAgain(session: Session, before: PlanSurvey): readonly Task[] {
  const { context, directory, lab, guest } = session
  if (before.machines.size === before.made.size) return []
  const former = { ...before.former, vagrantfile: '' } // they have been started with the one of today
  const { takesOver } = before
  const run = async () =>
    verifyFeasible(session, await survey({ lab, guest, directory, run: context.run, former, takesOver }))
  return [{ title: 'Look at the servers', run }]
}

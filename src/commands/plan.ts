import { findBox } from '../doctor/index.ts'
import { EXIT } from '../errors.ts'
import { appliedFiles } from '../generate/applied-files.ts'
import { writeProject } from '../generate/write/write.ts'
import { isMadeMachine, withBox } from '../plan/box-item.ts'
import { makePlan } from '../plan/index.ts'
import { decideToApply } from '../plan/nothing-to-apply.ts'
import { showPlanItems } from '../plan/show.ts'
import type { Context } from './shared/context.ts'
import { enveloped } from './shared/envelope.ts'
import { openSession } from './shared/session.ts'
import { filesOf } from './steps/files.ts'
import { agreesToTakeOver, lookAtLab } from './steps/survey.ts'

/**
 * `create-pg-lab plan`: what `up` would do, read from the files, the machines and the servers. Changes nothing.
 * @returns 2 when `up` would refuse, as `up` itself
 */
export async function plan(
  context: Context,
  { json, takeOver }: { readonly json?: true; readonly takeOver?: string },
): Promise<number> {
  const session = await openSession(context)
  const { directory, lab, guest, host } = session
  const [seen, files, applied] = await Promise.all([
    lookAtLab(session, { takesOver: agreesToTakeOver(session, takeOver), asksHosts: true }),
    filesOf(session).then((made) => writeProject(directory, made, { mode: 'check' })),
    appliedFiles(directory),
  ])
  const applying = decideToApply(lab, { seen, files, applied, nowMs: Date.now() })
  const planned = await makePlan(lab, { files, seen, guest, applying })
  const { box } = lab
  const items =
    box !== undefined && planned.some(isMadeMachine)
      ? withBox(planned, await findBox(host, { ...lab, box }), box.name)
      : planned
  const refused = items.some(({ action }) => action === 'refuse')
  const { warnings } = lab
  if (json) context.print(enveloped('plan', lab.name, { ok: !refused, items, ansible: applying, warnings }))
  else context.print(showPlanItems(items, applying, context.paint))
  if (!json && !refused)
    for (const warning of warnings) context.print(`${context.paint('yellow', '!')} ${warning}`)
  return refused ? EXIT.userError : EXIT.ok
}

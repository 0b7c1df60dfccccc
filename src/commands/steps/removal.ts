import { UserError } from '../../errors.ts'
import { dropSlots, removeMachines, slotsOf, withGoneMachines } from '../../operations/remove-machines.ts'
import { startFormerMachines } from '../../operations/start-machines.ts'
import { type Departures, departures, holds } from '../../plan/machines.ts'
import { type Leaving, onlyCopyOn, unaskedIn } from '../../plan/only-copies.ts'
import { renamedSlots } from '../../plan/slots.ts'
import type { PlanSurvey } from '../../plan/survey.ts'
import { type Progress, runTasks, type Task } from '../../tasks/index.ts'
import { canAsk } from '../shared/context.ts'
import { ask } from '../shared/prompts.ts'
import type { Session } from '../shared/session.ts'
import { liveLab } from './operation.ts'
import { lookAtLab, verifyFeasible } from './survey.ts'

/** Which machines go, and which of those that only the config has forgotten may be deleted. */
export interface Agreement extends Departures {
  readonly agreed: readonly string[]
  /** What is said at the end of machines nobody agreed to delete. */
  readonly left: readonly string[]
}

/** What the user has agreed to by flags. */
export interface Consent {
  /** To delete what another machine has all of. */
  readonly yes: boolean
  /** Names of machines that may be deleted with what only they have. */
  readonly named: readonly string[]
}

/**
 * Asks for every machine that is to be deleted, before anything is touched.
 * @param consent without it and without a person nothing is deleted
 * @throws UserError when the lab cannot go on without deleting one that may not be deleted
 */
export async function agreeOnRemovals(
  session: Session,
  seen: PlanSurvey,
  consent: Consent,
): Promise<Agreement> {
  const { context, lab } = session
  const mayDelete = async (machine: Leaving, question: string) => {
    const isCovered = consent.named.includes(machine.name) || (consent.yes && !onlyCopyOn(seen, machine))
    return isCovered || (canAsk(context) && (await ask(question)))
  }
  const found = departures(lab, seen)
  for (const machine of [...found.inTheWay, ...found.moved]) {
    const { name } = machine
    const isMoved = found.moved.some((node) => node.name === name)
    const loss = lossOf(seen, machine)
    const question = isMoved
      ? `The address of ${name} changes. Delete it with ${loss} and make it again?`
      : `Another machine has the address of ${name} now. Delete it with ${loss}?`
    if (await mayDelete(machine, question)) continue
    throw new UserError(`${name} has to be deleted first, with ${loss}. Nothing was changed.`, {
      hint: `agree to it: ${consentCommand(seen, machine, consent)}`,
    })
  }
  const agreed: string[] = []
  for (const machine of found.leaving) {
    const { name } = machine
    if (
      await mayDelete(
        machine,
        `${name} is not in the config any more. Delete it with ${lossOf(seen, machine)}?`,
      )
    )
      agreed.push(name)
  }
  return { ...found, agreed, left: leftBehind(seen, found.leaving, agreed) }
}

/**
 * A machine that does not answer is started and asked before it may be deleted: it may be the primary.
 * @returns what is seen then
 * @throws UserError when the lab cannot become what the config asks for
 */
export async function askTheSilent(
  session: Session,
  seen: PlanSurvey,
  { yes, named }: Consent,
): Promise<PlanSurvey> {
  const { context, lab, taskOptions } = session
  const found = departures(lab, seen)
  const leaving = found.leaving.filter(({ name }) => yes || named.includes(name) || canAsk(context))
  const silent = unaskedIn(seen, { ...found, leaving })
  if (silent.length === 0) return seen
  const gone = seen.gone.map(({ name }) => name)
  const title = `Start the machines and ask what ${silent.join(', ')} holds`
  const run = ({ note }: Progress) => startFormerMachines(liveLab(session), { gone, note })
  await runTasks([{ title, run }], taskOptions)
  const answered = await lookAtLab(session, { takesOver: seen.takesOver })
  verifyFeasible(session, answered)
  return answered
}

/** `its data (it does not stream, so …)`. */
function lossOf(seen: PlanSurvey, machine: Leaving): string {
  const why = onlyCopyOn(seen, machine)
  return why && machine.role !== 'backup' ? `${holds(machine.role)} (${why})` : holds(machine.role)
}

function consentCommand(seen: PlanSurvey, machine: Leaving, consent?: Consent): string {
  if (!onlyCopyOn(seen, machine)) return 'npx create-pg-lab up --yes'
  const names = [...(consent?.named ?? []), machine.name].join(',')
  return `npx create-pg-lab up${consent?.yes ? ' --yes' : ''} --delete ${names}`
}

/** Deletes what is in the way of the machines that are started next. */
export function deleteFirst(session: Session, { inTheWay, moved }: Agreement): readonly Task[] {
  const names = [...inTheWay, ...moved].map(({ name }) => name)
  if (names.length === 0) return []
  const gone = inTheWay.map(({ name }) => name)
  const run = () =>
    withGoneMachines(liveLab(session), gone, (vagrant) => vagrant.destroy({ machines: names }))
  return [{ title: `Delete ${names.join(', ')}`, run }]
}

/** The lab's machines stream through slots of other names now. */
export function dropRenamedSlots(session: Session, seen: PlanSurvey): readonly Task[] {
  const slots = renamedSlots(session.lab, seen)
  if (slots.length === 0) return []
  return [{ title: `Drop the slots ${slots.join(', ')}`, run: () => dropSlots(liveLab(session), slots) }]
}

/** Removes the machines the config no longer has, now that nobody needs them. */
export function partWithGone(session: Session, { inTheWay, leaving, agreed }: Agreement): readonly Task[] {
  const gone = [...inTheWay, ...leaving]
  if (gone.length === 0) return []
  const left = leaving.map(({ name }) => name).filter((name) => !agreed.includes(name))
  return [
    {
      title: `Remove ${gone.map(({ name }) => name).join(', ')}`,
      run: async (progress) => {
        const live = liveLab(session)
        await dropSlots(live, slotsOf(inTheWay))
        if (leaving.length > 0) {
          await removeMachines(live, leaving, { agreed, note: progress.note })
        }
        return left.length === 0 ? 'deleted' : `${left.join(', ')} stopped, not deleted`
      },
    },
  ]
}

function leftBehind(
  seen: PlanSurvey,
  leaving: readonly Leaving[],
  agreed: readonly string[],
): readonly string[] {
  return leaving
    .filter(({ name }) => !agreed.includes(name))
    .map(
      (machine) =>
        `${machine.name} is not in the config any more. It is stopped; delete it with ${lossOf(seen, machine)}: ${consentCommand(seen, machine)}`,
    )
}

import { UserError } from '../../errors.ts'
import { dropSlots, removeMachines, slotsOf, withGoneMachines } from '../../operations/remove-machines.ts'
import { type Departures, departures, holds } from '../../plan/machines.ts'
import { renamedSlots } from '../../plan/slots.ts'
import type { Survey } from '../../plan/survey.ts'
import type { Task } from '../../tasks.ts'
import { ask } from '../ask.ts'
import { canAsk } from '../command.ts'
import type { Session } from '../session.ts'
import { placeOf } from './operation.ts'

/** Which machines go, and which of those that only the config has forgotten may be deleted. */
export interface Agreement extends Departures {
  readonly agreed: readonly string[]
}

/**
 * Asks for every machine that is to be deleted, before anything is touched.
 * @param isAgreed by a flag; without it and without a person nothing is deleted
 * @throws UserError when the lab cannot go on without deleting one that may not be deleted
 */
export async function agreeOnRemovals(session: Session, seen: Survey, isAgreed: boolean): Promise<Agreement> {
  const { context, lab } = session
  const mayDelete = async (question: string) => isAgreed || (canAsk(context) && (await ask(question)))
  const found = departures(lab, seen)
  for (const { name, role } of [...found.inTheWay, ...found.moved]) {
    const isMoved = found.moved.some((node) => node.name === name)
    const question = isMoved
      ? `The address of ${name} changes. Delete it with ${holds(role)} and make it anew?`
      : `Another machine has the address of ${name} now. Delete it with ${holds(role)}?`
    if (await mayDelete(question)) continue
    throw new UserError(`${name} has to be deleted first, with ${holds(role)}. Nothing was changed.`, {
      hint: 'agree to it: npx create-pg-lab up --yes',
    })
  }
  const agreed: string[] = []
  for (const { name, role } of found.leaving) {
    if (await mayDelete(`${name} is not in the config any more. Delete it with ${holds(role)}?`))
      agreed.push(name)
  }
  return { ...found, agreed }
}

/** Deletes what is in the way of the machines that are started next. */
export function deleteFirst(session: Session, { inTheWay, moved }: Agreement): readonly Task[] {
  const names = [...inTheWay, ...moved].map(({ name }) => name)
  if (names.length === 0) return []
  const gone = inTheWay.map(({ name }) => name)
  const run = () =>
    withGoneMachines(placeOf(session), gone, (vagrant) => vagrant.destroy({ machines: names }))
  return [{ title: `Delete ${names.join(', ')}`, run }]
}

/** The lab's machines stream through slots of other names now. */
export function dropRenamedSlots(session: Session, seen: Survey): readonly Task[] {
  const slots = renamedSlots(session.lab, seen)
  if (slots.length === 0) return []
  return [{ title: `Drop the slots ${slots.join(', ')}`, run: () => dropSlots(placeOf(session), slots) }]
}

/** Parts with the machines the config no longer has, now that nobody needs them. */
export function partWithGone(session: Session, { inTheWay, leaving, agreed }: Agreement): readonly Task[] {
  const gone = [...inTheWay, ...leaving]
  if (gone.length === 0) return []
  const left = leaving.map(({ name }) => name).filter((name) => !agreed.includes(name))
  return [
    {
      title: `Part with ${gone.map(({ name }) => name).join(', ')}`,
      run: async (progress) => {
        const place = placeOf(session)
        await dropSlots(place, slotsOf(inTheWay))
        if (leaving.length > 0) {
          await removeMachines(place, leaving, { agreed, onStep: (text) => progress.note(text) })
        }
        return left.length === 0 ? 'deleted' : `${left.join(', ')} stopped, not deleted`
      },
    },
  ]
}

/** What is said at the end of machines nobody agreed to delete. */
export function leftMachines({ leaving, agreed }: Agreement): readonly string[] {
  return leaving
    .filter(({ name }) => !agreed.includes(name))
    .map(
      ({ name, role }) =>
        `${name} is not in the config any more. It is stopped; delete it with ${holds(role)}: npx create-pg-lab up --yes`,
    )
}

import { followPrimary } from '../../operations/follow.ts'
import { type PromotionPlan, planPromotion, promote } from '../../operations/promote.ts'
import { planRejoin, rejoin } from '../../operations/rejoin.ts'
import { planSwitchover, switchover } from '../../operations/switchover.ts'
import type { Progress } from '../../tasks/index.ts'
import type { Stage } from '../drill.ts'

type Note = Progress['note']

/**
 * The most advanced standby becomes the primary, unless there is one; the others and Barman follow.
 * @returns who is the primary now, and why
 */
export async function promoteOne(stage: Stage, note: Note): Promise<Pick<PromotionPlan, 'target' | 'why'>> {
  const plan = await planPromotion(stage)
  if (!plan.isDone) await promote(stage, plan, note)
  return plan
}

/** The victim becomes a standby again, by pg_rewind or a clone. */
export async function rejoinVictim(stage: Stage, note: Note): Promise<string | undefined> {
  const plan = await planRejoin(stage, stage.victim.name)
  if (plan.isFollowing) return undefined
  const { how, said } = await rejoin(stage, plan, { mayClone: async () => true, onStep: note })
  return said || how
}

/** The server that was the primary when the drill began is the primary again. */
export async function switchBack(stage: Stage, note: Note): Promise<void> {
  const plan = await planSwitchover(stage, stage.primary.name)
  if (plan.isDone) return
  await switchover(stage, plan, note)
  await followPrimary(stage, note, [plan.primary.name])
}

/** From wherever the lab is, back to how it was: the machines are running. */
export async function leadBack(stage: Stage, note: Note): Promise<void> {
  const { target } = await promoteOne(stage, note)
  if (target.name !== stage.victim.name) await rejoinVictim(stage, note)
  await switchBack(stage, note)
}

import { listen } from '../../observe/partition.ts'
import { type Server, seeServers } from '../../observe/servers.ts'
import { followPrimary, planFollowing } from '../../operations/follow.ts'
import { type PromotionPlan, planPromotion, promoteStandby } from '../../operations/promote.ts'
import { planRejoin, type Rejoin, rejoinServer, seeRemains } from '../../operations/rejoin.ts'
import { planSwitchover, switchPrimary } from '../../operations/switchover.ts'
import type { Text } from '../../report/drill-report.ts'
import type { Note } from '../../tasks/index.ts'
import type { Stage } from '../drill.ts'

type SeenServers = readonly Server[]

/** Who is the primary now, and why; and how the servers are. */
interface Promoted extends Pick<PromotionPlan, 'target' | 'why'> {
  readonly servers: SeenServers
}

/** The most advanced standby becomes the primary, unless there is one. */
export async function promoteOne(stage: Stage, note: Note): Promise<Promoted> {
  const servers = await seeServers(stage)
  const plan = planPromotion(stage.lab, servers, await listen(stage, servers))
  const { target, why } = plan
  return { target, why, servers: plan.isDone ? servers : (await promoteStandby(stage, plan, note)).servers }
}

const HOW: Readonly<Record<Rejoin['how'], Text>> = {
  followed: { en: 'it had nothing of its own', ru: 'ничего своего на ней не было' },
  rewound: { en: 'rewound to where they diverged', ru: 'возвращена к точке расхождения' },
  cloned: { en: 'cloned again', ru: 'клонирована заново' },
}

/**
 * The victim becomes a standby again, by pg_rewind or a clone.
 * @returns pg_rewind's words; `undefined` where it was one already
 */
export async function rejoinVictim(
  stage: Stage,
  note: Note,
  seen?: SeenServers,
): Promise<string | Text | undefined> {
  const servers = seen ?? (await seeServers(stage))
  const { name } = stage.victim
  const plan = planRejoin(servers, name, await seeRemains(stage, servers, name))
  if (plan.isFollowing) return undefined
  const { how, said } = await rejoinServer(stage, plan, { mayClone: async () => true, note })
  return said || HOW[how]
}

/** The server that was the primary when the drill began is the primary again. */
export async function switchBack(stage: Stage, note: Note, seen?: SeenServers): Promise<void> {
  const plan = planSwitchover(stage.lab, seen ?? (await seeServers(stage)), stage.primary.name)
  if (plan.isDone) return
  const { servers } = await switchPrimary(stage, plan, note)
  await followPrimary(stage, planFollowing(servers, [plan.primary.name]), note)
}

/** From wherever the lab is, back to how it was: the machines are running. */
export async function leadBack(stage: Stage, note: Note): Promise<void> {
  const { target, servers } = await promoteOne(stage, note)
  const isRejoined =
    target.name !== stage.victim.name && (await rejoinVictim(stage, note, servers)) !== undefined
  await switchBack(stage, note, isRejoined ? undefined : servers)
}

import { type Lab, nodesOf, postgresNodes } from '../lab.ts'
import { BARMAN_FOLLOWER } from '../observe/server-settings.ts'
import type { PlanSurvey } from './survey.ts'

/** Slots through which the lab's own machines stream today, and which have another name in the config. */
export function renamedSlots(lab: Lab, { servers }: PlanSurvey): readonly string[] {
  const wanted = nodesOf(lab).map(({ slot }) => slot)
  const ours = [...postgresNodes(lab).map(({ name }) => name), ...(lab.backup ? [BARMAN_FOLLOWER] : [])]
  const slots = [...servers.values()].flatMap((server) => server.slots)
  return slots
    .filter(({ follower, slot_name }) => ours.includes(follower ?? '') && !wanted.includes(slot_name))
    .map(({ slot_name }) => slot_name)
}

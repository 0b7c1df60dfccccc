import type { WriteResult } from '../generate/write/write.ts'
import type { Lab } from '../lab.ts'
import type { Guest } from '../tools/ssh/guest-contract.ts'
import { backupItems } from './backup.ts'
import { fileItems } from './files.ts'
import { departures, leavingItems, machineItems } from './machines.ts'
import type { Applying } from './nothing-to-apply.ts'
import type { PlanItem } from './plan-item.ts'
import { refusals } from './refusals.ts'
import { serverItems } from './server-items.ts'
import type { PlanSurvey } from './survey.ts'

/**
 * What `up` would do, in the order in which it would do it.
 * @param files what the writer would do (mode `check`)
 * @param seen the lab as it is
 * @param applying whether Ansible would run; without it Barman is not asked, for nothing happens there
 */
export async function makePlan(
  lab: Lab,
  {
    files,
    seen,
    guest,
    applying,
  }: {
    readonly files: WriteResult
    readonly seen: PlanSurvey
    readonly guest: Guest
    readonly applying: Applying
  },
): Promise<readonly PlanItem[]> {
  const refused = refusals(lab, seen)
  if (refused.length > 0) return refused
  const staying = withoutMoved(lab, seen)
  return [
    ...fileItems(files),
    ...machineItems(lab, seen),
    ...serverItems(lab, staying),
    ...('why' in applying ? await backupItems(lab, staying, guest) : []),
    ...leavingItems(lab, seen),
  ]
}

/** A machine that is made again has no server yet. */
function withoutMoved(lab: Lab, seen: PlanSurvey): PlanSurvey {
  const moved = departures(lab, seen).moved.map(({ name }) => name)
  const without = <Sight>(sights: ReadonlyMap<string, Sight>) =>
    new Map([...sights].filter(([name]) => !moved.includes(name)))
  const made = new Set([...seen.made].filter((name) => !moved.includes(name)))
  return { ...seen, made, machines: without(seen.machines), servers: without(seen.servers) }
}

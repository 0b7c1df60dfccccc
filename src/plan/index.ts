import type { WriteResult } from '../generate/write.ts'
import type { Lab } from '../lab.ts'
import type { Guest } from '../tools/contracts.ts'
import { backupItems } from './backup.ts'
import { fileItems } from './files.ts'
import type { PlanItem } from './item.ts'
import { leavingItems, machineItems } from './machines.ts'
import { refusals } from './refusals.ts'
import { serverItems } from './servers.ts'
import type { Survey } from './survey.ts'

/**
 * What `up` would do, in the order in which it would do it.
 * @param files what the writer would do (mode `check`)
 * @param seen the lab as it is
 */
export async function makePlan(
  lab: Lab,
  { files, seen, guest }: { readonly files: WriteResult; readonly seen: Survey; readonly guest: Guest },
): Promise<readonly PlanItem[]> {
  const refused = refusals(lab, seen)
  if (refused.length > 0) return refused
  return [
    ...fileItems(files),
    ...machineItems(lab, seen),
    ...serverItems(lab, seen),
    ...(await backupItems(lab, seen, guest)),
    ...leavingItems(lab, seen),
  ]
}

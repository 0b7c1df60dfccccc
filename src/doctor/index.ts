import { withoutUnknownPackages } from './apt.ts'
import type { Host } from './host.ts'
import type { Diagnosis, Scope } from './rule.ts'
import { RULES } from './rules/index.ts'

export { machinesIn } from '../tools/vagrant/machine-records.ts'
export { BOX_SCRIPT, type BoxSource, boxAddress, findBox } from './box-source.ts'
export { chooseProvider, obstaclesHere, type ProviderChoice } from './choose-provider.ts'
export { createHost, type Host } from './host.ts'
export { planRepair, type RepairPlan, repairComputer as repair } from './repair.ts'
export { type Diagnosis, problemsIn, type Scope } from './rule.ts'

/** Looks at everything the lab needs of this computer. Changes nothing. */
export async function examine(host: Host, scope: Scope): Promise<readonly Diagnosis[]> {
  const rules = RULES.filter((rule) => rule.applies(scope, host))
  const diagnoses = await Promise.all(
    rules.map(async (rule) => ({ rule, sighting: await rule.look(host, scope) })),
  )
  return withoutUnknownPackages(host, diagnoses)
}

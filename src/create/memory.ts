import { can } from '../catalog/providers/index.ts'
import { type Lab, nodesOf } from '../lab.ts'

/**
 * The machines together, held against this computer: `up` refuses virtual machines that do not fit, so it is
 * said when it is still cheap to change.
 * @param memoryMb of this computer
 * @returns one sentence, or `undefined` where they fit
 */
export function memoryWarning(lab: Lab, memoryMb: number): string | undefined {
  const wantedMb = nodesOf(lab).reduce((sum, node) => sum + node.memoryMb, 0)
  if (!can(lab).makeMachines || wantedMb <= memoryMb) return undefined
  return `The machines want ${wantedMb} MB of memory together, this computer has ${memoryMb} MB: lower memory in the config.`
}

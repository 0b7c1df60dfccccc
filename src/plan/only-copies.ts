import type { LabNode } from '../lab.ts'
import type { GoneMachine } from '../observe/machine-changes.ts'
import type { Departures } from './machines.ts'
import type { PlanSurvey } from './survey.ts'

/** A machine that is to be deleted. */
export type Leaving = Pick<LabNode, 'name'> & { readonly role: LabNode['role'] | undefined }

/**
 * Why a machine may hold something that nothing else has, in a sentence; such a machine is deleted only when it is
 * named. `undefined` for a standby that streams while one primary answers.
 */
export function onlyCopyOn(seen: PlanSurvey, { name, role }: Leaving): string | undefined {
  if (role === 'backup') return 'it holds all backups'
  const gone = seen.gone.find((machine) => machine.name === name)
  if (!isAnswering(seen, name, gone)) return 'it does not answer, so nobody knows what it holds'
  if (gone?.isStreaming ?? seen.servers.get(name)?.is_streaming) {
    return seen.primary ? undefined : 'no primary answers that would have its data too'
  }
  return 'it does not stream, so it may hold what the primary does not have'
}

function isAnswering({ machines }: PlanSurvey, name: string, gone: GoneMachine | undefined): boolean {
  return gone ? gone.answers : machines.has(name)
}

/** Those to be deleted that have not been asked yet what they hold: they do not answer. */
export function unaskedIn(seen: PlanSurvey, { inTheWay, moved, leaving }: Departures): readonly string[] {
  const all = [...inTheWay, ...moved, ...leaving].map(({ name }) => name)
  return all.filter((name) => {
    return !isAnswering(
      seen,
      name,
      seen.gone.find((machine) => machine.name === name),
    )
  })
}

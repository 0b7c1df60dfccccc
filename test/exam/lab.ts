import { type DrawnFault, planFaults } from '../../src/exam/draw.ts'
import { castOf } from '../../src/exam/exam-fault.ts'
import { EXAM_FAULTS } from '../../src/exam/faults/index.ts'
import type { Lab } from '../../src/lab.ts'
import { testLab } from '../support/lab.ts'

/** A lab that can have every fault that containers can have. */
export function labOfAll(overrides: Partial<Lab> = {}): Lab {
  const lab = testLab()
  const settings = { ...lab.postgres.settings, timezone: 'UTC' }
  return testLab({ postgres: { ...lab.postgres, settings, tls: true }, ...overrides })
}

export function faultsOfLab(lab: Lab): readonly DrawnFault[] {
  return planFaults(EXAM_FAULTS, castOf(lab, lab.master))
}

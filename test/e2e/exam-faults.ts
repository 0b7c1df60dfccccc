import { loadConfig } from '../../src/config/load.ts'
import { type DrawnFault, planFaults } from '../../src/exam/draw.ts'
import { castOf } from '../../src/exam/exam-fault.ts'
import { EXAM_FAULTS } from '../../src/exam/faults/index.ts'
import type { Lab } from '../../src/lab.ts'
import { resolveLab } from '../../src/resolve/resolve-lab.ts'
import { createRunner } from '../../src/tools/process/run.ts'
import type { Guest } from '../../src/tools/ssh/guest-contract.ts'
import { psqlProgram } from '../../src/tools/ssh/psql-session.ts'
import { createGuest } from '../../src/tools/ssh/ssh-guest.ts'
import { spawn, type TestLab } from './support.ts'

/** The faults of `exam`, as a test does them to its lab of containers, whose primary is the master. */
export interface FaultsAtHand {
  readonly lab: Lab
  readonly guest: Guest
  readonly faults: readonly DrawnFault[]
}

export async function faultsAtHand({ directory }: TestLab): Promise<FaultsAtHand> {
  const { config } = await loadConfig(directory)
  const computer = { provider: 'docker', architecture: 'amd64', memoryMb: 8192, cpus: 2 } as const
  const lab = resolveLab({ ...config, provider: 'docker' }, computer)
  const guest = createGuest({ directory, run: createRunner(), psql: psqlProgram(lab) })
  return { lab, guest, faults: planFaults(EXAM_FAULTS, castOf(lab, lab.master)) }
}

/** @throws Error when a fault of this name is none of the lab's */
export function faultCalled(faults: readonly DrawnFault[], id: string): DrawnFault {
  const fault = faults.find((one) => one.id === id)
  if (fault) return fault
  throw new Error(`this lab cannot have ${id}`)
}

/** Types the remedies, as somebody who knows them: what several of them say is typed once. */
export function typeRemedies(lab: TestLab, faults: readonly DrawnFault[]): void {
  const steps = new Map(
    faults.flatMap(({ remedy }) => remedy.map((step) => [`${step.on?.name} ${step.type}`, step] as const)),
  )
  for (const { on, type } of steps.values()) {
    if (!on) {
      const { status, stdout, stderr } = lab.run(...type.split(' ').slice(2))
      // 1: `up` verifies, and another fault may still be there.
      if (status !== 0 && status !== 1) throw new Error(`${type}\n${stdout}\n${stderr}`)
      continue
    }
    const { status, stdout, stderr } = spawn('ssh', ['-F', '.pg-lab/ssh_config', on.name, type], {
      cwd: lab.directory,
    })
    if (status !== 0) throw new Error(`${on.name}: ${type}\n${stdout}\n${stderr}`)
  }
}

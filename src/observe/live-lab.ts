import type { Lab } from '../lab.ts'
import type { Runner } from '../tools/runner.ts'
import type { Guest } from '../tools/ssh/guest-contract.ts'

/** The lab an operation acts on, and with what. */
export interface LiveLab {
  readonly lab: Lab
  readonly guest: Guest
  readonly run: Runner
  /** The lab's folder. */
  readonly directory: string
  /** Gets the raw output of the tools that are started. */
  readonly logFile: string
}

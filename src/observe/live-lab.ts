import type { Lab } from '../lab.ts'
import type { Guest, Runner } from '../tools/runner.ts'

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

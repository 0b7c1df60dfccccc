import type { Former } from '../generate/write/last-written.ts'
import type { Lab } from '../lab.ts'
import type { Runner } from '../tools/runner.ts'
import type { Guest } from '../tools/ssh/guest-contract.ts'

/** What is looked at, and with what. */
export interface View {
  readonly lab: Lab
  readonly guest: Guest
  readonly run: Runner
  /** The lab's folder. */
  readonly directory: string
  /** Of the files as they were written last. */
  readonly former: Former
  /** The user has said that the lab may have what somebody else has made on its servers. */
  readonly takesOver?: boolean
  /** Ask each host also how the last run has left it. */
  readonly asksHosts?: boolean
}

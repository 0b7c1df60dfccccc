import { CommandError } from '../errors.ts'
import type { Finding } from '../finding.ts'
import type { Lab } from '../lab.ts'
import type { Guest } from '../tools/ssh/guest-contract.ts'
import { backups } from './backups.ts'
import { barmanCheck } from './barman-check.ts'
import { folders } from './barman-folders.ts'
import { barmanReplication } from './barman-replication.ts'
import { clock } from './clock.ts'
import { continuity } from './continuity.ts'
import { cron } from './cron.ts'
import { hba } from './hba.ts'
import { lag } from './lag.ts'
import { primary } from './primary.ts'
import { rehearsal } from './rehearsal.ts'
import { replication } from './replication.ts'
import { retention } from './retention.ts'
import { roles } from './roles.ts'
import { rows } from './row-arrives.ts'
import { secrets } from './secrets.ts'
import { settings } from './settings.ts'
import { slots } from './slots.ts'
import { sshKeys } from './ssh-keys.ts'
import { standby } from './standby.ts'
import { type Check, lookAt } from './support/check.ts'
import { sharedGuest } from './support/shared-guest.ts'
import { synchronous } from './synchronous.ts'
import { tls } from './tls.ts'
import { login } from './vagrant-key.ts'
import { version } from './version.ts'
import { wal } from './wal-arrives.ts'

/** Every check, in the order it is shown. A new one: write its file, list it here. */
export const CHECKS: readonly Check[] = [
  primary,
  version,
  settings,
  slots,
  replication,
  standby,
  rows,
  synchronous,
  lag,
  hba,
  roles,
  secrets,
  tls,
  login,
  sshKeys,
  barmanCheck,
  barmanReplication,
  folders,
  backups,
  wal,
  continuity,
  retention,
  cron,
  rehearsal,
  clock,
]

export interface RunChecksOptions {
  /** Ids of the checks to run; all of them when left out. */
  readonly only?: readonly string[]
  /** Checks beside ours, which only run when they are asked for. */
  readonly also?: readonly Check[]
  /** Called as each check ends, in the order they end. */
  readonly onCheck?: (check: Check, findings: readonly Finding[]) => void
}

/**
 * Runs the checks, all at once: none of them disturbs another.
 * @returns their findings in the order of `CHECKS`, failed ones among them; a node that is down makes failed
 *   findings in the checks that need it and hides nothing else
 */
export async function runChecks(lab: Lab, guest: Guest, options: RunChecksOptions = {}): Promise<Finding[]> {
  const { only, also = [], onCheck } = options
  const shared = sharedGuest(lab, guest)
  const chosen = [...CHECKS.filter(({ id }) => only === undefined || only.includes(id)), ...also]
  const findings = await Promise.all(
    chosen.map(async (check) => {
      const seen = await runOne(check, lab, shared)
      onCheck?.(check, seen)
      return seen
    }),
  )
  return findings.flat()
}

/** What a check did not expect to fail is a finding too. */
async function runOne(check: Check, lab: Lab, guest: Guest): Promise<Finding[]> {
  try {
    return await check.run(lab, guest)
  } catch (error) {
    if (!(error instanceof CommandError)) throw error
    return lookAt(check.id, lab.master, () => Promise.reject(error))
  }
}

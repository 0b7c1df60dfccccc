import type { BackupNode } from '../lab.ts'
import { ageS, type Backups } from '../observe/backups.ts'
import type { Guest } from '../tools/ssh/guest-contract.ts'
import { span } from '../units.ts'
import { readCatalogue } from './backups.ts'
import { type Check, lookAtBackup, type Seen } from './support/check.ts'

const HINT = 'Restore the newest backup beside Barman, and compare it: npx create-pg-lab verify --restore'

/** Looks at what the last `verify --restore` has left; that one takes its time, and is run on a schedule of its own. */
export const rehearsal: Check = {
  id: 'rehearsal',
  title: 'The last rehearsal of a restore was good, and not too long ago',
  run: (lab, guest) => lookAtBackup('rehearsal', lab, (backup) => lookAtRehearsal(backup, guest)),
}

async function lookAtRehearsal(backup: BackupNode, guest: Guest): Promise<readonly Seen[]> {
  const catalogue = await readCatalogue(guest, backup)
  if (catalogue?.rehearsed) return [seeLast(backup, catalogue, catalogue.rehearsed)]
  const { rehearsalHours: hours } = backup
  if (hours === undefined) return []
  const knownS = catalogue?.since === undefined ? undefined : ageS(catalogue, catalogue.since)
  const told = knownS === undefined ? '' : `; Barman has known the server for ${span(knownS)}`
  const isDue = knownS === undefined || knownS > hours * 3600
  return [{ ...expected(backup), observed: `there was none yet${told}`, ok: !isDue, hint: HINT }]
}

function seeLast(
  backup: BackupNode,
  catalogue: Backups,
  { at, ok, said, backup: id }: NonNullable<Backups['rehearsed']>,
): Seen {
  const ageSeconds = ageS(catalogue, at)
  const isYoung = ageSeconds <= (backup.rehearsalHours ?? Number.POSITIVE_INFINITY) * 3600
  return {
    ...expected(backup),
    observed: `${ok ? 'good' : 'failed'}, ${span(ageSeconds)} ago, backup ${id}: ${said}`,
    ok: ok && isYoung,
    hint: HINT,
  }
}

function expected({ rehearsalHours: hours }: BackupNode): Pick<Seen, 'what' | 'expected'> {
  const age = hours === undefined ? '' : `, at most ${span(hours * 3600)} ago`
  return { what: 'last rehearsal of a restore', expected: `good${age}` }
}

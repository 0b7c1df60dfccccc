import type { BackupNode, LabNode } from '../../lab.ts'
import { literal } from '../../postgres/sql.ts'
import { archiveWal, SWITCH_SQL } from '../../postgres/wal.ts'
import type { Note } from '../../tasks/index.ts'
import type { Guest } from '../../tools/ssh/guest-contract.ts'
import { size } from '../../units.ts'
import type { LiveStage } from '../drill.ts'
import { until } from './wait.ts'

/** Ends the WAL file the server writes to. @returns its name */
export async function switchWal(primary: LabNode, guest: Guest): Promise<string> {
  const [row] = await guest.rows<{ segment: string }>(primary, SWITCH_SQL)
  return row?.segment ?? ''
}

/** Does what Barman's cron job does once a minute: starts receive-wal, archives what has arrived. */
export async function barmanCron(backup: BackupNode, guest: Guest): Promise<void> {
  await guest.shell(backup, ['barman', 'cron'], { as: 'barman', timeoutMs: 60_000 })
}

/** Waits until Barman streams WAL again. */
export async function untilReceiving(
  { recorder, lab, primary }: LiveStage,
  backup: BackupNode,
): Promise<void> {
  const begun = Date.now()
  await until(`${backup.name} receives WAL`, () => {
    const sample = recorder.samples().findLast(({ node }) => node === primary.name)
    if (!sample || sample.atMs < begun) return false
    return sample.answer?.senders.some(({ user }) => user === lab.backup?.streamingUser) ?? false
  })
}

/** Ends the current WAL file and waits until Barman has filed it: then it has all that was written before. */
export async function untilArchived(
  { guest, primary }: LiveStage,
  backup: BackupNode,
  note: Note,
): Promise<string> {
  let segment = ''
  await until(`${backup.name} has archived the newest WAL`, async () => {
    const archived = await archiveWal(primary, backup, guest)
    segment = archived.segment
    note(segment)
    return archived.arrived
  })
  return segment
}

/** How much WAL the primary keeps for a slot now. */
export async function keptNow({ guest, primary }: LiveStage, slot: string): Promise<string> {
  const [row] = await guest.rows<{ kept: number | null }>(
    primary,
    `SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn)::float8 AS kept
      FROM pg_replication_slots WHERE slot_name = ${literal(slot)}`,
  )
  return size(row?.kept ?? 0)
}

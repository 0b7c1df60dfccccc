import { CommandError } from '../errors.ts'
import type { BackupNode, LabNode } from '../lab.ts'
import { size } from '../report/text.ts'
import type { Progress } from '../tasks.ts'
import type { Guest } from '../tools/contracts.ts'
import type { LiveStage } from './drill.ts'
import { until } from './wait.ts'

/** A message is written first, else there may be nothing to switch. */
const SWITCH_SQL = `SELECT pg_walfile_name(pg_switch_wal()) AS name FROM pg_logical_emit_message(true, 'pg-lab', 'switch')`

/** Ends the WAL file the server writes to. @returns its name */
export async function switchWal(primary: LabNode, guest: Guest): Promise<string> {
  const [row] = await guest.rows<{ name: string }>(primary, SWITCH_SQL)
  if (!row) throw new Error('pg_switch_wal gave no row')
  return row.name
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
    const look = recorder.looks().findLast(({ node }) => node === primary.name)
    if (!look || look.atMs < begun) return false
    return look.answer?.senders.some(({ user }) => user === lab.backup?.streamingUser) ?? false
  })
}

/**
 * Waits until Barman can give out a WAL file.
 * @param walFile its name
 */
export async function untilArchived(
  { guest }: LiveStage,
  backup: BackupNode,
  walFile: string,
  note: Progress['note'],
): Promise<void> {
  const script = 'barman archive-wal "$1"; barman get-wal "$1" "$2" >/dev/null'
  note(walFile)
  await until(`Barman has ${walFile}`, async () => {
    const { exitCode } = await guest.shell(backup, ['sh', '-c', script, 'sh', backup.server, walFile], {
      as: 'barman',
      timeoutMs: 60_000,
    })
    return exitCode === 0
  })
}

/** `slot barman keeps 48 MB`, from the newest look at the primary. */
export function keptNow({ recorder, primary }: LiveStage, slot: string): string {
  const look = recorder.looks().findLast(({ node }) => node === primary.name)
  return size(look?.answer?.slots.find((one) => one.slot === slot)?.kept ?? 0)
}

/** The lab's backup host. @throws CommandError where a drill that needs one is played without */
export function backupOf({ lab }: Pick<LiveStage, 'lab'>): BackupNode {
  if (lab.backup) return lab.backup
  throw new CommandError('The lab has no backup host', { command: 'npx pg-lab config' })
}

import type { BackupNode } from '../lab.ts'
import { ageS, askCatalogue, type Backups, readBackupAnswer } from '../observe/backups.ts'
import { askBarman, barmanFailed } from '../postgres/barman.ts'
import { onceAGuest } from '../tools/ssh/ask-once.ts'
import type { Guest } from '../tools/ssh/guest-contract.ts'
import { span } from '../units.ts'
import { type Check, lookAtBackup, type Seen } from './support/check.ts'

interface ListedBackup {
  readonly backup_id: string
  readonly status: string
  readonly size?: string
  /** Seconds since 1970. */
  readonly end_time_timestamp?: string
}

export const backups: Check = {
  id: 'backups',
  title: 'Barman has as many base backups as it must keep, and none is overdue',
  run: (lab, guest) => lookAtBackup('backups', lab, (backup) => lookAtBackups(backup, guest)),
}

async function lookAtBackups(backup: BackupNode, guest: Guest): Promise<readonly Seen[]> {
  const [answer, catalogue] = await Promise.all([
    askBarman(guest, backup, ['list-backup']),
    readCatalogue(guest, backup),
  ])
  if (!Array.isArray(answer.about)) throw barmanFailed(answer, backup)
  const all = answer.about as readonly ListedBackup[]
  const done = all.filter(({ status }) => status === 'DONE')
  const needed = Math.max(1, backup.minimumRedundancy)
  const newest = done[0]
  return [
    {
      what: 'base backups that are DONE',
      expected: `at least ${needed}`,
      observed: newest ? `${done.length}, newest ${newest.backup_id} (${newest.size ?? '?'})` : describe(all),
      ok: done.length >= needed,
      hint: remedy(all, backup),
      command: answer.command,
      output: answer.output,
    },
    ...(newest && catalogue ? [seeNewest(backup, newest, catalogue), seeWal(backup, catalogue)] : []),
  ]
}

/** What Barman has, by its files; `undefined` where it does not know the server. */
export const readCatalogue = onceAGuest(
  async (guest, backup: BackupNode): Promise<Backups | undefined> =>
    readBackupAnswer((await askCatalogue(backup, guest)).stdout)?.backups,
)

function seeNewest(
  backup: BackupNode,
  { backup_id, end_time_timestamp }: ListedBackup,
  catalogue: Backups,
): Seen {
  const endedAt = new Date(Number(end_time_timestamp) * 1000).toISOString()
  const hint =
    `The schedule ${backup.schedule} has missed one: was ${backup.name} halted, does cron run, did the backup fail? ` +
    'Take one now: npx create-pg-lab backup; and look: npx create-pg-lab verify --only cron,retention'
  return { ...seeAge('the newest base backup', backup, ageS(catalogue, endedAt), backup_id), hint }
}

/** An idle server fills no WAL file, but each backup ends one: what holds for the backups holds for the WAL. */
function seeWal(backup: BackupNode, catalogue: Backups): Seen {
  const { newestWal } = catalogue
  const hint = 'See whether WAL arrives: npx create-pg-lab verify --only wal'
  const age = newestWal && ageS(catalogue, newestWal.writtenAt)
  return { ...seeAge('the newest archived WAL', backup, age, newestWal?.name ?? ''), hint }
}

function seeAge(what: string, backup: BackupNode, ageSeconds: number | undefined, name: string): Seen {
  const { maximumAgeHours } = backup
  return {
    what: `age of ${what}`,
    expected: `at most ${maximumAgeHours} h`,
    observed: ageSeconds === undefined ? 'there is none' : `${span(ageSeconds)} (${name})`,
    ok: ageSeconds !== undefined && ageSeconds <= maximumAgeHours * 3600,
  }
}

function describe(all: readonly ListedBackup[]): string {
  return all.length === 0 ? 'none' : all.map(({ backup_id, status }) => `${backup_id} ${status}`).join(', ')
}

function remedy(all: readonly ListedBackup[], backup: BackupNode): string {
  if (all.length === 0) return 'Let the playbook take the first one: npx create-pg-lab provision'
  const waiting = all.some(({ status }) => status === 'WAITING_FOR_WALS')
  return waiting
    ? 'A backup waits for its last WAL segment. Bring it with npx create-pg-lab verify --only wal; ' +
        `then, on ${backup.name}: sudo -u barman barman cron`
    : 'Take one: npx create-pg-lab backup'
}

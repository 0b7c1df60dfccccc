import type { BackupNode, LabNode } from '../lab.ts'
import { ageS, askCatalogue, type Backups, readBackupAnswer } from '../observe/backups.ts'
import { askBarman, barmanFailed } from '../postgres/barman.ts'
import { newestFull } from '../postgres/barman-catalogue.ts'
import { psqlEvidence } from '../postgres/evidence.ts'
import { literal } from '../postgres/sql.ts'
import { copiedServer } from '../postgres/topology.ts'
import { onceAGuest } from '../tools/ssh/ask-once.ts'
import type { Guest } from '../tools/ssh/guest-contract.ts'
import { span } from '../units.ts'
import { type Check, lookAtBackup, lookAtBackupOf, type Seen } from './support/check.ts'

interface ListedBackup {
  readonly backup_id: string
  readonly status: string
  readonly backup_type?: string
  readonly size?: string
  /** Seconds since 1970. */
  readonly end_time_timestamp?: string
}

export const backups: Check = {
  id: 'backups',
  title: 'Barman has as many base backups as it must keep, and none is overdue',
  run: async (lab, guest) => [
    ...(await lookAtBackup('backups', lab, (backup) => lookAtBackups(backup, guest))),
    ...(lab.backup?.incremental
      ? await lookAtBackupOf('backups', lab, guest, async (backup, primary) => [
          await seeParent(copiedServer(lab, primary), backup, guest),
        ])
      : []),
  ],
}

async function lookAtBackups(backup: BackupNode, guest: Guest): Promise<readonly Seen[]> {
  const [answer, catalogue] = await Promise.all([
    askBarman(guest, backup, ['list-backup']),
    readCatalogue(guest, backup),
  ])
  if (!Array.isArray(answer.about)) throw barmanFailed(answer, backup)
  const all = answer.about as readonly ListedBackup[]
  const both = all.filter(({ status }) => status === 'DONE')
  const done = both.filter(({ backup_type }) => backup_type !== 'incremental')
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
    ...(both[0] && catalogue && backup.incremental
      ? [seeIncremental(backup, backup.incremental, both[0], catalogue)]
      : []),
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
  return {
    ...seeAge('the newest base backup', backup.maximumAgeHours, ageS(catalogue, endedAt), backup_id),
    hint,
  }
}

/** The newest of either kind: a full one does as well. */
function seeIncremental(
  backup: BackupNode,
  { schedule, maximumAgeHours }: NonNullable<BackupNode['incremental']>,
  { backup_id, backup_type, end_time_timestamp }: ListedBackup,
  catalogue: Backups,
): Seen {
  const endedAt = new Date(Number(end_time_timestamp) * 1000).toISOString()
  const told = `${backup_id}, ${backup_type}`
  const hint =
    `The schedule ${schedule} has missed one: does cron run on ${backup.name}, did it fail? ` +
    'Take one now: npx create-pg-lab backup --incremental'
  const age = seeAge('the newest backup of either kind', maximumAgeHours, ageS(catalogue, endedAt), told)
  return { ...age, hint }
}

/** Whether the next incremental can be taken: all changes since the newest full one are known where it is copied. */
async function seeParent(source: LabNode, backup: BackupNode, guest: Guest): Promise<Seen> {
  const full = await newestFull(backup, guest)
  const sql = `SELECT min(start_lsn) <= ${literal(full?.lsn ?? '0/0')}::pg_lsn AS since FROM pg_available_wal_summaries()`
  const rows = await guest.rows<{ since: boolean | null }>(source, sql)
  const isKnown = full?.isSummarized === true && rows[0]?.since === true
  const why = full?.isSummarized
    ? `${source.name} has none since its beginning`
    : 'none were written when it was taken'
  return {
    what: 'WAL summaries since the newest full backup',
    expected: 'all there, for the next incremental',
    observed: isKnown
      ? 'all there, for the next incremental'
      : full
        ? `${full.id}: ${why}`
        : 'no full backup',
    ok: isKnown,
    hint: 'Take a full one: npx create-pg-lab backup',
    ...psqlEvidence(sql, rows),
  }
}

/** An idle server fills no WAL file, but each backup ends one: what holds for the backups holds for the WAL. */
function seeWal(backup: BackupNode, catalogue: Backups): Seen {
  const { newestWal } = catalogue
  const hint = 'See whether WAL arrives: npx create-pg-lab verify --only wal'
  const age = newestWal && ageS(catalogue, newestWal.writtenAt)
  return { ...seeAge('the newest archived WAL', backup.maximumAgeHours, age, newestWal?.name ?? ''), hint }
}

function seeAge(what: string, maximumAgeHours: number, ageSeconds: number | undefined, name: string): Seen {
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

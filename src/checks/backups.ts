import type { BackupNode } from '../lab.ts'
import { askBarman, barmanFailed } from '../tools/barman.ts'
import type { Guest } from '../tools/contracts.ts'
import { type Check, lookAtBackup, type Seen } from './check.ts'

interface Backup {
  readonly backup_id: string
  readonly status: string
  readonly size?: string
  readonly end_time?: string
}

export const backups: Check = {
  id: 'backups',
  title: 'Barman has a base backup, and as many as it must keep',
  run: (lab, guest) => lookAtBackup('backups', lab, (backup) => look(backup, guest)),
}

async function look(backup: BackupNode, guest: Guest): Promise<readonly Seen[]> {
  const answer = await askBarman(guest, backup, ['list-backup'])
  if (!Array.isArray(answer.about)) throw barmanFailed(answer, backup)
  const all = answer.about as readonly Backup[]
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
  ]
}

function describe(all: readonly Backup[]): string {
  return all.length === 0 ? 'none' : all.map(({ backup_id, status }) => `${backup_id} ${status}`).join(', ')
}

function remedy(all: readonly Backup[], backup: BackupNode): string {
  if (all.length === 0) return 'Let the playbook take the first one: npx create-pg-lab provision'
  const waiting = all.some(({ status }) => status === 'WAITING_FOR_WALS')
  return waiting
    ? 'A backup waits for its last WAL segment. Bring it with npx create-pg-lab verify --only wal; ' +
        `then, on ${backup.name}: sudo -u barman barman cron`
    : 'Take one: npx create-pg-lab backup'
}

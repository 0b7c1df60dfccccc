import type { BackupNode, Lab } from '../lab.ts'
import { noteRehearsal } from '../observe/backups.ts'
import {
  type Rehearsal,
  type RehearsalStep,
  rehearseRestore,
  type TableState,
} from '../operations/restore-rehearsal.ts'
import { barmanCommand, everything, OWN_FOLDERS } from '../postgres/barman.ts'
import type { Guest } from '../tools/ssh/guest-contract.ts'
import { size } from '../units.ts'
import { type Check, lookAtBackupOf, type Seen } from './support/check.ts'

/** `create-pg-lab verify --restore`. It takes seconds to minutes, so it is run when it is asked for. */
export const restoreCheck: Check = {
  id: 'restore',
  title: 'The newest backup can be restored up to now',
  run: (lab, guest) =>
    lookAtBackupOf('restore', lab, guest, async (backup, primary) => {
      const rehearsal = await rehearseRestore(lab, primary, backup, guest)
      if (!rehearsal) return [NO_BACKUP]
      const seen = judge(lab, backup, rehearsal)
      return [...seen, ...(await noteDown(backup, rehearsal, seen, guest))]
    }),
}

/** What `status` and the check `rehearsal` report from now on. @returns a finding where that could not be written */
async function noteDown(
  backup: BackupNode,
  rehearsal: Rehearsal,
  seen: readonly Seen[],
  guest: Guest,
): Promise<readonly Seen[]> {
  const failed = seen.find(({ ok }) => !ok)
  const said = failed
    ? `${failed.what}: ${failed.observed}`
    : `${rehearsal.wanted.rows} rows as on the primary`
  const result = { backup: rehearsal.backup, ok: failed === undefined, said }
  const output = await noteRehearsal(backup, result, guest)
  if (output.exitCode === 0) return []
  return [
    {
      what: 'note of this rehearsal',
      expected: 'written',
      observed: everything(output),
      ok: false,
      hint: OWN_FOLDERS,
    },
  ]
}

const NO_BACKUP: Seen = {
  what: 'a backup to restore',
  expected: 'one that is DONE',
  observed: 'none',
  ok: false,
  hint: 'Take one: npx create-pg-lab backup',
}

function judge(lab: Lab, backup: BackupNode, rehearsal: Rehearsal): readonly Seen[] {
  const { wanted, restored, steps } = rehearsal
  const space = seeSpace(backup, rehearsal)
  const seen = steps.map((step) => seeStep(backup, rehearsal, step))
  const reached = steps.some(({ name, ok }) => name === 'target' && ok)
  return [...space, ...seen, ...(reached ? [seeRows(lab, rehearsal.backup, wanted, restored)] : [])]
}

function seeSpace(backup: BackupNode, { neededBytes, freeBytes }: Rehearsal): readonly Seen[] {
  if (freeBytes === undefined) return []
  return [
    {
      what: 'room for the restored server',
      expected: `${size(neededBytes)} at least`,
      observed: `${size(freeBytes)} free`,
      ok: freeBytes >= neededBytes,
      hint: `Make room on ${backup.name}. Is there a backup to give up? npx create-pg-lab backups`,
      command: 'df -h ~barman',
    },
  ]
}

/** What each step shows, and what to do when it fails. */
function seeStep(backup: BackupNode, rehearsal: Rehearsal, { name, ok, said }: RehearsalStep): Seen {
  const { backup: id, target } = rehearsal
  const { server } = backup
  const another = `Take a new one: npx create-pg-lab backup`
  const copy = barmanCommand(['recover', '--target-name', target.name, server, id, 'FOLDER'])
  switch (name) {
    case 'wal':
      return {
        what: 'WAL up to now',
        expected: 'in the archive',
        observed: ok ? 'in the archive' : `${said} has not arrived`,
        ok,
        hint: 'The check `wal` says more: npx create-pg-lab verify --only wal',
      }
    case 'copy':
      return {
        what: `backup ${id}`,
        expected: 'restored by Barman',
        observed: ok ? 'restored by Barman' : whyNotCopied(said),
        ok,
        hint: `Nothing after a gap can be restored from it. ${another}`,
        command: copy,
        output: said,
      }
    case 'files':
      return {
        what: `files of backup ${id}`,
        expected: 'as backup_manifest lists them',
        observed: ok ? 'as backup_manifest lists them' : firstLine(said),
        ok,
        hint:
          `The backup was damaged after it was taken. ${another}; then delete this one, ` +
          `on ${backup.name}: ${barmanCommand(['delete', server, id])}`,
        command: 'pg_verifybackup --no-parse-wal FOLDER',
        output: said,
      }
    case 'target':
      return {
        what: `recovery to ${target.lsn}`,
        expected: 'reached',
        observed: ok ? 'reached' : whyNotReached(said),
        ok,
        hint: `From this backup nothing later than that can be restored. ${another}`,
        command: 'pg_ctl -D FOLDER start',
        output: said,
      }
  }
}

/** rsync names what it did not find in the archive. */
function whyNotCopied(said: string): string {
  const missing = [...said.matchAll(/\b([\dA-F]{24})" failed: No such file/g)].map(([, segment]) => segment)
  return missing.length > 0 ? `WAL missing in the archive: ${missing.join(', ')}` : lastLine(said)
}

/** The last segment PostgreSQL asked for and did not get. It also asks for histories, which need not be there. */
function whyNotReached(log: string): string {
  const missing = [...log.matchAll(/cannot stat 'barman_wal\/([\dA-F]{24})'/g)].map(([, segment]) => segment)
  const fatal = /FATAL: +(.*)/.exec(log)?.[1] ?? lastLine(log)
  return missing.length > 0 ? `${fatal}: WAL segment ${missing.at(-1)} is missing` : fatal
}

function seeRows(lab: Lab, id: string, wanted: TableState, restored: TableState | undefined): Seen {
  const { name, table } = lab.database
  return {
    what: `rows of ${name}.${table}`,
    expected: describeTable(wanted),
    observed: restored ? describeTable(restored) : 'the restored server does not answer',
    ok: restored?.rows === wanted.rows && restored.checksum === wanted.checksum,
    hint: `Backup ${id} and its WAL do not make the primary’s data. Take a new one: npx create-pg-lab backup`,
  }
}

function describeTable({ rows, checksum }: TableState): string {
  return `${rows} rows, checksum ${checksum}`
}

function firstLine(text: string): string {
  return text.split('\n')[0] ?? ''
}

function lastLine(text: string): string {
  return text.split('\n').at(-1) ?? ''
}

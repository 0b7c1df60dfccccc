import type { BackupNode } from '../lab.ts'
import { askBarman, type BarmanAnswer, barmanCommand, barmanFailed, OWN_FOLDERS } from '../postgres/barman.ts'
import type { Guest } from '../tools/ssh/guest-contract.ts'
import { type Check, lookAtBackup, type Seen } from './support/check.ts'

/** One line of `barman check`, by its key in Barman's JSON. */
interface CheckLine {
  readonly status: string
  readonly hint: string
}

const NO_CONNECTION = 'It follows from the lost connection to the primary: see the line postgresql'

const GRANTS = 'A right of Barman’s user is missing. Give it again: npx create-pg-lab provision'

/** An idle server fills no WAL file before a backup ends one. */
const WANT_BACKUP = ['minimum_redundancy_requirements', 'backup_maximum_age', 'wal_maximum_age']

const PASSWORDS = 'Set its password and pg_hba.conf again: npx create-pg-lab provision'

/** What to do about a line, by its key; `{server}` is Barman's name for the cluster. */
const REMEDIES: Readonly<Record<string, string>> = {
  postgresql: `Barman's user cannot log in, or the primary is down. ${PASSWORDS}`,
  postgresql_streaming: `Barman's streaming user cannot log in, or the primary is down. ${PASSWORDS}`,
  superuser_or_standard_user_with_backup_privileges: GRANTS,
  no_access_to_backup_functions: GRANTS,
  replication_slot:
    'The slot is missing or unused. Barman’s cron job makes it and starts receive-wal: sudo -u barman barman cron',
  receive_wal_running:
    'receive-wal is dead. Barman’s cron job starts it: sudo -u barman barman cron. If it dies again, the primary may ' +
    'have given up a timeline that Barman had followed; then this makes it start over, with a new backup: npx create-pg-lab up',
  directories: `Barman cannot make or open its folders. ${OWN_FOLDERS}`,
  wal_archive: 'No WAL has arrived yet. Close a segment and wait for it: npx create-pg-lab verify --only wal',
  failed_backups:
    'A backup broke off. Find it with sudo -u barman barman list-backup {server}, remove it with ' +
    'sudo -u barman barman delete {server} BACKUP_ID',
  systemid_coherence:
    'The catalogue belongs to another cluster: the master was initialised again. Move the old backups away, ' +
    'then let Barman start over: npx create-pg-lab provision',
  archiver_errors:
    'WAL arrived that Barman could not archive; it is in the errors folder of the server. ' +
    'Its log says why: sudo -u barman barman show-server {server}',
  ssh: 'Barman cannot log in on the primary over SSH. The check `ssh-keys` says more: npx create-pg-lab verify --only ssh-keys',
  check_timeout:
    'The primary does not answer, and connecting to it takes its time. Start what is missing: npx create-pg-lab up',
  wal_level: 'wal_level must be replica: npx create-pg-lab verify --only settings',
  pg_basebackup: 'PostgreSQL’s client programs are missing on the backup host: npx create-pg-lab provision',
  pg_basebackup_compatible:
    'The client programs are of another major than the server: npx create-pg-lab provision',
  pg_receivexlog: 'PostgreSQL’s client programs are missing on the backup host: npx create-pg-lab provision',
  pg_receivexlog_compatible:
    'The client programs are of another major than the server: npx create-pg-lab provision',
}

export const barmanCheck: Check = {
  id: 'barman',
  title: 'barman check finds nothing wrong',
  run: (lab, guest) => lookAtBackup('barman', lab, (backup) => lookAtBarmanCheck(backup, guest)),
}

async function lookAtBarmanCheck(backup: BackupNode, guest: Guest): Promise<readonly Seen[]> {
  const answer = await askBarman(guest, backup, ['check'])
  const lines = checkLines(answer.about)
  if (lines.length === 0) throw barmanFailed(answer, backup)
  const seen = lines.map(([key, line]) => seeLine(backup, key, line))
  return seen.every(({ ok }) => ok) && answer.exitCode !== 0 ? [...seen, seeExitCode(answer)] : seen
}

function checkLines(about: unknown): readonly (readonly [string, CheckLine])[] {
  if (typeof about !== 'object' || about === null) return []
  return Object.entries(about).filter((entry): entry is [string, CheckLine] => isLine(entry[1]))
}

function isLine(value: unknown): value is CheckLine {
  return typeof value === 'object' && value !== null && 'status' in value
}

function seeLine(backup: BackupNode, key: string, { status, hint }: CheckLine): Seen {
  const { server } = backup
  // Barman goes on without a connection, and then misses the version.
  const remedy = hint.includes('version: None') ? NO_CONNECTION : remedyOf(key, backup)
  return {
    what: key.replaceAll('_', ' '),
    expected: 'OK',
    observed: hint ? `${status} (${hint})` : status,
    ok: status === 'OK',
    hint: remedy,
    command: barmanCommand(['check', server]),
    output: `${key.replaceAll('_', ' ')}: ${status}${hint ? ` (${hint})` : ''}`,
  }
}

function remedyOf(key: string, backup: BackupNode): string {
  if (WANT_BACKUP.includes(key))
    return `Look at npx create-pg-lab verify --only backups, or take one: npx create-pg-lab backup`
  const remedy =
    REMEDIES[key] ?? 'What Barman knows of the server: sudo -u barman barman show-server {server}'
  return remedy.replaceAll('{server}', backup.server)
}

function seeExitCode({ exitCode, command, output }: BarmanAnswer): Seen {
  return {
    what: 'exit code of barman check',
    expected: '0',
    observed: String(exitCode),
    ok: false,
    hint: 'Barman itself failed; its last lines are in the output.',
    command,
    output,
  }
}

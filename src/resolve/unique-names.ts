import type { Config } from '../config/schema.ts'
import type { ConfigMachine } from './machines.ts'
import { type AddProblem, checkUnique } from './problems.ts'

/** Words Ansible's inventory already uses: for everything, for this computer, for our groups. */
const RESERVED_NAMES = ['all', 'ungrouped', 'localhost', 'masters', 'slaves', 'backups']

/** Words pg_hba.conf or SQL read as something else than a role of this name. */
const RESERVED_USERS = [
  'all',
  'current_role',
  'current_user',
  'none',
  'postgres',
  'public',
  'replication',
  'samegroup',
  'samerole',
  'sameuser',
  'session_user',
  'user',
]

/** Words pg_hba.conf reads as something else than a database of this name, and the templates. */
const RESERVED_DATABASES = [
  'all',
  'replication',
  'samegroup',
  'samerole',
  'sameuser',
  'template0',
  'template1',
]

/** Barman's own words for all servers and for its own section. */
const RESERVED_SERVERS = ['all', 'barman']

/** Folders that versions before 0.2 made in Barman's home, and deleted; Barman keeps a server in a folder of its name. */
const RESERVED_FOLDERS = ['rehearsal', 'restored']

function checkReserved(
  path: string,
  value: string,
  reserved: readonly string[],
  what: string,
  report: AddProblem,
): void {
  if (reserved.includes(value)) report(path, `"${value}" cannot be used: ${what}`, 'choose another name')
}

export function checkNames(machines: readonly ConfigMachine[], report: AddProblem): void {
  for (const { path, name } of machines) {
    checkReserved(
      `${path}.name`,
      name,
      RESERVED_NAMES,
      'Ansible’s inventory uses it for a group of hosts',
      report,
    )
  }
  checkUnique(
    machines.map(({ path, name }) => ({ path: `${path}.name`, value: name })),
    report,
  )
}

/** pg_rewind's own role: `replica_rewind`, shortened to PostgreSQL's 63 characters. */
export function rewindUserOf(user: string): string {
  return `${user.slice(0, 56)}_rewind`
}

export function checkUsers({ replication, backup, database }: Config, report: AddProblem): void {
  const users = [
    { path: 'replication.user', value: replication.user },
    { path: 'replication.user', value: rewindUserOf(replication.user) },
    { path: 'database.owner', value: database.owner },
    ...(backup
      ? [
          { path: 'backup.user', value: backup.user },
          { path: 'backup.streamingUser', value: backup.streamingUser },
        ]
      : []),
  ]
  for (const { path, value } of users) {
    checkReserved(path, value, RESERVED_USERS, 'PostgreSQL gives it a meaning of its own', report)
    if (value.startsWith('pg_')) {
      report(
        path,
        `"${value}" cannot be used: PostgreSQL keeps names in pg_ for itself`,
        'choose another name',
      )
    }
  }
  checkUnique(users, report)
}

export function checkDatabase({ database }: Config, report: AddProblem): void {
  const reason = 'PostgreSQL gives it a meaning of its own'
  checkReserved('database.name', database.name, RESERVED_DATABASES, reason, report)
}

export function checkBackup({ backup }: Config, report: AddProblem): void {
  if (!backup) return
  checkReserved(
    'backup.server',
    backup.server,
    RESERVED_SERVERS,
    'Barman gives it a meaning of its own',
    report,
  )
  const reason = 'in Barman’s home a folder of this name was made, and deleted, to restore in'
  checkReserved('backup.server', backup.server, RESERVED_FOLDERS, reason, report)
  const kept = /^(\d+) backup/.exec(backup.retention)?.[1]
  if (kept && Number(kept) < backup.minimumRedundancy) {
    report(
      'backup.retention',
      `"${backup.retention}" keeps fewer than backup.minimumRedundancy, ${backup.minimumRedundancy}`,
      'raise the one or lower the other',
    )
  }
}

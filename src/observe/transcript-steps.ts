import { postgresHas } from '../catalog/postgres-features.ts'
import type { BackupNode, Lab, PostgresNode } from '../lab.ts'
import { identifier, literal } from '../postgres/sql.ts'
import { commitsWait, delayOf } from '../postgres/topology.ts'
import type { Output } from '../tools/runner.ts'
import type { ShellOptions } from '../tools/ssh/guest-contract.ts'

/** What a command is there to show; the locales name and explain it. */
export type StepId =
  | 'slots'
  | 'replication'
  | 'insert'
  | 'read'
  | 'readLater'
  | 'recovery'
  | 'receiver'
  | 'readOnly'
  | 'barmanCheck'
  | 'barmanReplication'
  | 'backup'
  | 'backups'
  | 'barmanStatus'

/** A command of the transcript, before it has run. */
export interface PlannedStep {
  readonly id: StepId
  readonly as: NonNullable<ShellOptions['as']>
  readonly argv: readonly string[]
  /** Checks whose findings are about the same. */
  readonly checks: readonly string[]
  /** Whether it showed what it is there to show; exit code 0 when left out. */
  readonly isOk?: (output: Output) => boolean
  /** It is asked again until it is ok, or so long. */
  readonly withinMs?: number
  readonly timeoutMs?: number
  /** It changes something on the servers, or shows what another command changed. */
  readonly changes?: true
  /** On an idle server it waits for WAL that nobody writes: meanwhile the primary writes some. */
  readonly needsWal?: true
}

/** For its last WAL, once the copy is done. */
const BACKUP_WAIT_S = 60

const BACKUP_TIMEOUT_MS = 10 * 60_000

/** The primary: its slots, who streams, and a row. @param mark text of the row */
export function primarySteps(lab: Lab, mark: string): readonly PlannedStep[] {
  const keptWal = postgresHas(lab.postgres.version, 'slot_limit') ? ', wal_status' : ''
  return [
    sql(
      'slots',
      `SELECT slot_name, slot_type, active, active_pid, restart_lsn${keptWal} FROM pg_replication_slots`,
      {
        checks: ['slots'],
      },
    ),
    sql(
      'replication',
      'SELECT application_name, usename, client_addr, state, sync_state, sent_lsn, replay_lsn FROM pg_stat_replication',
      { checks: ['replication', 'lag', 'synchronous'] },
    ),
    insertStep(lab, mark),
  ]
}

/** A commit that waits for a synchronous standby could wait for ever, and the report with it. */
function insertStep(lab: Lab, mark: string): PlannedStep {
  const insert = `INSERT INTO ${tableOf(lab)} (v) VALUES (${literal(mark)}) RETURNING k, v`
  const before = commitsWait(lab) ? ['SET synchronous_commit = local'] : []
  const words = [...before, insert].flatMap((statement) => ['-c', statement])
  return {
    id: 'insert',
    as: 'postgres',
    argv: ['psql', '-d', lab.database.name, '-U', lab.database.owner, ...words],
    checks: ['rows'],
    changes: true,
  }
}

/** A standby: the row, its state, and that nobody can write to it. */
export function standbySteps(lab: Lab, node: PostgresNode, mark: string): readonly PlannedStep[] {
  const { database } = lab
  const select = `SELECT k, v FROM ${tableOf(lab)} WHERE v = ${literal(mark)}`
  const isDelayed = delayOf(lab, node) !== ''
  const hasRow = ({ exitCode, stdout }: Output) => exitCode === 0 && stdout.includes(mark)
  return [
    isDelayed
      ? sql('readLater', select, { database, checks: ['rows'], changes: true })
      : sql('read', select, { database, checks: ['rows'], changes: true, isOk: hasRow, withinMs: 5_000 }),
    sql('recovery', 'SELECT pg_is_in_recovery(), pg_last_wal_replay_lsn(), pg_last_xact_replay_timestamp()', {
      checks: [],
      isOk: ({ exitCode, stdout }) => exitCode === 0 && /^ t +\|/m.test(stdout),
    }),
    sql(
      'receiver',
      'SELECT status, sender_host, slot_name, received_tli, latest_end_lsn, latest_end_time FROM pg_stat_wal_receiver',
      { checks: ['standby'] },
    ),
    // It changes nothing on a server that is no longer a standby.
    sql('readOnly', `DELETE FROM ${tableOf(lab)} WHERE false`, {
      database,
      checks: [],
      isOk: ({ exitCode, stderr }) => exitCode !== 0 && stderr.includes('read-only transaction'),
    }),
  ]
}

/** The backup host, by Barman's own words. */
export function backupSteps({ server }: BackupNode): readonly PlannedStep[] {
  const wait = ['--wait', '--wait-timeout', String(BACKUP_WAIT_S)]
  return [
    barman('barmanCheck', ['check', server], { checks: ['barman'] }),
    barman('barmanReplication', ['replication-status', server], { checks: ['barman-replication'] }),
    barman('backup', ['backup', ...wait, server], {
      timeoutMs: BACKUP_TIMEOUT_MS,
      needsWal: true,
      changes: true,
    }),
    barman('backups', ['list-backup', server], { checks: ['backups', 'retention'] }),
    barman('barmanStatus', ['status', server], { checks: ['wal', 'continuity', 'cron'] }),
  ]
}

type Details = Partial<Omit<PlannedStep, 'id' | 'as' | 'argv'>>

function sql(
  id: StepId,
  query: string,
  { database, ...details }: Details & { readonly database?: Lab['database'] },
): PlannedStep {
  const where = database === undefined ? [] : ['-d', database.name, '-U', database.owner]
  return { id, as: 'postgres', argv: ['psql', ...where, '-c', query], checks: [], ...details }
}

function barman(id: StepId, words: readonly string[], details: Details): PlannedStep {
  return { id, as: 'barman', argv: ['barman', ...words], checks: [], timeoutMs: 60_000, ...details }
}

/** Quoted only where it must be: these are commands to read. */
export function tableOf({ database: { table } }: Lab): string {
  return /^[a-z_][a-z0-9_]*$/.test(table) ? table : identifier(table)
}

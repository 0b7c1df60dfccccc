import { randomUUID } from 'node:crypto'
import { barmanHas } from '../catalog/barman.ts'
import { postgresHas } from '../catalog/postgres-features.ts'
import { CommandError, UserError } from '../errors.ts'
import { barmanPaths } from '../guest-paths.ts'
import type { BackupNode, Lab, LabNode } from '../lab.ts'
import { askCatalogue, backupFacts } from '../observe/backups.ts'
import { TIMELINE_SQL } from '../observe/sql.ts'
import { barmanConfig, barmanVersion } from '../postgres/barman.ts'
import { listBackups, tablespacesOf } from '../postgres/barman-catalogue.ts'
import { identifier, literal } from '../postgres/sql.ts'
import { archiveWal } from '../postgres/wal.ts'
import { scripted } from '../scripts/index.ts'
import { quoteForShell } from '../tools/process/quote.ts'
import type { Output } from '../tools/runner.ts'
import type { Guest } from '../tools/ssh/guest-contract.ts'
import { BARE_ANSWERS, bounded, processS, sessionSql } from '../tools/ssh/psql-session.ts'
import { RESERVE_BYTES } from './restore.ts'

/** What the demo table held at one moment. */
export interface TableState {
  readonly rows: number
  /** Over all rows, whatever their order. */
  readonly checksum: string
}

/** How far a rehearsal came. Each step only follows when the one before it was good. */
export interface Rehearsal {
  readonly backup: string
  /** The restore point that was the target, and where it lies in the WAL. */
  readonly target: { readonly name: string; readonly lsn: string; readonly timeline: number }
  readonly neededBytes: number
  /** On the backup host. `undefined` when it did not come so far. */
  readonly freeBytes: number | undefined
  readonly steps: readonly RehearsalStep[]
  /** What the primary held at the target. */
  readonly wanted: TableState
  /** What the restored server held. `undefined` when it did not come so far. */
  readonly restored: TableState | undefined
}

const STEP_NAMES = ['copy', 'files', 'target'] as const

export interface RehearsalStep {
  /**
   * `wal`: the archive has the WAL up to the target. `copy`: Barman copied the backup. `files`: they are as
   * pg_basebackup wrote them. `target`: PostgreSQL replayed up to the target.
   */
  readonly name: 'wal' | (typeof STEP_NAMES)[number]
  readonly ok: boolean
  /** What the program said that did it. */
  readonly said: string
}

const TIMEOUT_MS = 60 * 60_000

/** Every row of the table is read and sorted. */
const COUNT_S = 10 * 60

const ALREADY_RUNNING = 75 // EX_TEMPFAIL of sysexits.h

/**
 * Restores the newest backup beside Barman, up to now, and looks whether the demo table is the primary's. Nothing
 * of it is left, whatever happens.
 * @param primary the server that is not in recovery
 * @returns `undefined` when there is no backup that is DONE
 * @throws UserError when a rehearsal is already running; CommandError when a server does not answer
 */
export async function rehearseRestore(
  lab: Lab,
  primary: LabNode,
  backup: BackupNode,
  guest: Guest,
): Promise<Rehearsal | undefined> {
  const done = (await listBackups(backup, guest)).filter(({ status }) => status === 'DONE')
  const [newest] = done
  if (!newest) return undefined
  // What it is built on is combined with it.
  const base = newest.isIncremental ? done.find(({ isIncremental }) => !isIncremental) : undefined
  const { config } = await barmanConfig(guest, backup)
  const facts = backupFacts((await askCatalogue(backup, guest)).stdout).get(newest.id)
  const { wanted, target } = await markTarget(lab, primary, guest)
  const neededBytes = (base?.bytes ?? 0) + newest.bytes + newest.walBytes + RESERVE_BYTES
  const { segment, arrived } = await archiveWal(primary, backup, guest)
  const wal: RehearsalStep = { name: 'wal', ok: arrived, said: segment }
  const begun = { backup: newest.id, target, wanted, neededBytes }
  if (!arrived) return { ...begun, freeBytes: undefined, steps: [wal], restored: undefined }
  const version = await barmanVersion(guest, backup)
  const words = [
    ...[backup.server, newest.id, target.name, String(config.path_prefix), String(neededBytes)],
    ...[lab.database.name, `${OWNERS_SESSION}${stateSql(lab)};`, String(target.timeline)],
    barmanHas(version, 'restore') ? 'restore' : 'recover',
    String(!barmanHas(version, 'target_with_timeline')),
    ...[lab.database.owner, linesFor(lab)],
    // rsync writes none; one that comes along is that of the clone the server once was.
    String(postgresHas(lab.postgres.version, 'backup_manifest') && facts?.method !== 'rsync'),
    barmanPaths().kept,
    newest.isIncremental
      ? barmanHas(version, 'staging_path')
        ? '--staging-path'
        : '--local-staging-path'
      : '',
    ...(await tablespacesOf(backup, guest, newest)),
  ]
  const output = await guest.shell(backup, scripted('rehearse-restore.sh', words), {
    as: 'barman',
    timeoutMs: TIMEOUT_MS,
    endWithUs: true,
  })
  const { steps, ...told } = readScript(output, backup, neededBytes)
  return { ...begun, ...told, steps: [wal, ...steps] }
}

/** What a server must not have below its primary's to replay its WAL, and to take over what is prepared there. */
function linesFor({ postgres }: Lab): string {
  const names = [
    'max_connections',
    'max_locks_per_transaction',
    'max_prepared_transactions',
    'max_worker_processes',
  ]
  return names
    .flatMap((name) => (name in postgres.settings ? [`${name} = '${postgres.settings[name]}'`] : []))
    .join('\n')
}

/** Here and there the rows are looked at in the same way, whatever the owner has set for the database. */
const OWNERS_SESSION = `${sessionSql({ statementS: COUNT_S, as: 'owner' })}SET timezone = 'UTC';\n`

/** The checksum is the same whatever the order of the rows and whoever looks at them. */
function stateSql(lab: Lab): string {
  const table = `public.${identifier(lab.database.table)}`
  const checksum = `md5(coalesce(string_agg(md5(t::text), '' ORDER BY md5(t::text)), ''))`
  return `SELECT json_build_object('rows', count(*), 'checksum', ${checksum}) FROM ${table} AS t`
}

/*
 * Who writes to the table is waited for, and waits, while it is looked at and the restore point is made: so the
 * point is behind all that was counted, and before all that was not. The table is its owner's affair, the point a
 * superuser's, who must not touch the table: psql starts the one within the other.
 */
async function markTarget(
  lab: Lab,
  primary: LabNode,
  guest: Guest,
): Promise<Pick<Rehearsal, 'target' | 'wanted'>> {
  const name = `pg_lab_${randomUUID().replaceAll('-', '')}`
  const point = `SELECT '@point ' || pg_create_restore_point(${literal(name)})`
  const line = `SELECT '@timeline ' || (${TIMELINE_SQL.replaceAll('\n', ' ')})`
  const superuser = [
    'psql',
    ...BARE_ANSWERS,
    '-v',
    'ON_ERROR_STOP=1',
    '-d',
    'postgres',
    '-c',
    point,
    '-c',
    line,
  ]
  const sql = `BEGIN;
SET LOCAL lock_timeout = '5s';
LOCK TABLE public.${identifier(lab.database.table)} IN SHARE MODE;
SELECT '@state ' || (${stateSql(lab)})::text;
\\! ${quoteForShell(superuser)}
COMMIT;
`
  const { name: database, owner } = lab.database
  const words = ['psql', ...BARE_ANSWERS, '-v', 'ON_ERROR_STOP=1', '-d', database, '-U', owner]
  const { stdout, stderr, exitCode } = await guest.shell(primary, bounded(words, COUNT_S), {
    as: 'postgres',
    stdin: OWNERS_SESSION + sql,
    timeoutMs: (processS(COUNT_S) + 15) * 1000,
  })
  const told = (word: string) => new RegExp(`^@${word} (.*)$`, 'm').exec(stdout)?.[1]
  const [state, lsn, timeline] = [told('state'), told('point'), told('timeline')]
  if (exitCode !== 0 || !state || !lsn) {
    throw new CommandError(`${primary.name} does not let us count its demo table`, {
      command: 'psql',
      exitCode,
      lastLines: stderr.trim().split('\n'),
      hint: `see who holds it: npx create-pg-lab psql ${primary.name} -c "SELECT * FROM pg_locks WHERE NOT granted"`,
    })
  }
  return { wanted: JSON.parse(state) as TableState, target: { name, lsn, timeline: Number(timeline) } }
}

/** Lines that begin with `@` are the script's own; what comes behind one is what the program said. */
function readScript(
  output: Output,
  { name }: BackupNode,
  neededBytes: number,
): Pick<Rehearsal, 'freeBytes' | 'steps' | 'restored'> {
  if (output.exitCode === ALREADY_RUNNING) {
    throw new UserError(`A restore is already being rehearsed on ${name}`, {
      hint: 'let it end, then repeat',
    })
  }
  const parts = output.stdout
    .replaceAll('\r', '')
    .split(/^@/m)
    .slice(1)
    .map((part) => /^(\w+) ([^\n]*)\n?([\s\S]*)$/.exec(part)?.slice(1) ?? [])
  const told = (key: string) => parts.find(([word]) => word === key)?.[1]
  const steps = STEP_NAMES.flatMap((step) => {
    const [, result, said = ''] = parts.find(([word]) => word === step) ?? []
    return result === undefined ? [] : [{ name: step, ok: result === 'good', said: said.trim() }]
  })
  const free = told('free')
  const isEnded = steps.at(-1)?.name === 'target' || steps.some(({ ok }) => !ok) || Number(free) < neededBytes
  if (free === undefined || !isEnded) {
    throw new CommandError(`The rehearsal broke off on ${name}`, {
      command: 'bash',
      exitCode: output.exitCode,
      lastLines: `${output.stdout}\n${output.stderr}`.trim().split('\n'),
    })
  }
  const rows = told('rows')
  return {
    freeBytes: Number(free),
    steps,
    restored: rows ? (JSON.parse(rows) as TableState) : undefined,
  }
}

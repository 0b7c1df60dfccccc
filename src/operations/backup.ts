import { postgresHas } from '../catalog/postgres-features.ts'
import { CommandError, UserError } from '../errors.ts'
import type { BackupNode, LabNode } from '../lab.ts'
import { askBarman, barmanCommand } from '../postgres/barman.ts'
import { type BaseBackup, listBackups } from '../postgres/barman-catalogue.ts'
import { archiveWal } from '../postgres/wal.ts'
import { pause } from '../tools/process/signals.ts'
import type { Output } from '../tools/runner.ts'
import type { Guest } from '../tools/ssh/guest-contract.ts'
import { ifReachable } from '../tools/ssh/if-reachable.ts'

/** How much of a base backup has arrived. */
export interface BackupProgress {
  readonly doneBytes: number
  /** PostgreSQL's estimate. `undefined` before it has made one. */
  readonly totalBytes: number | undefined
}

const ASK_EVERY_MS = 500

const TIMEOUT_MS = 24 * 60 * 60_000

/** Before PostgreSQL has `backup_progress`, the view is missing and there is nothing to ask. */
const PROGRESS_SQL = `SELECT backup_streamed::float8 AS done, backup_total::float8 AS total
  FROM pg_stat_progress_basebackup AS p JOIN pg_stat_activity AS a USING (pid)
  WHERE a.application_name = 'barman_streaming_backup'`

/**
 * Takes a base backup and brings the WAL it needs into the archive, also where nobody else writes.
 * @param primary the server that is not in recovery
 * @param onProgress called about twice a second while it is copied
 * @returns the backup, DONE
 * @throws UserError when Barman is already taking one; CommandError when it fails
 */
export async function takeBackup(
  {
    primary,
    source,
    backup,
    guest,
    version,
    isIncremental = false,
  }: {
    readonly primary: LabNode
    /** The server that is copied. */
    readonly source: LabNode
    /** Only what has changed since the newest full one. */
    readonly isIncremental?: boolean
    readonly backup: BackupNode
    readonly guest: Guest
    /** PostgreSQL's major. */
    readonly version: number
  },
  onProgress: (progress: BackupProgress) => void,
): Promise<BaseBackup> {
  let isDone = false
  const kind = isIncremental ? ['--incremental', 'last-full'] : []
  const work = guest
    .shell(backup, ['barman', 'backup', ...kind, backup.server], {
      as: 'barman',
      timeoutMs: TIMEOUT_MS,
      endWithUs: true,
    })
    .finally(() => {
      isDone = true
    })
  const watching = postgresHas(version, 'backup_progress')
    ? watchProgress(source, guest, () => isDone, onProgress)
    : undefined
  const [output] = await Promise.all([work, watching])
  const id = idOf(output, backup) ?? (await whyNone(output, [...kind, backup.server], backup, guest))
  await archiveWal(primary, backup, guest)
  // Marks it DONE, now that its WAL is there; cron would within a minute.
  await guest.shell(backup, ['barman', 'check-backup', backup.server, id], { as: 'barman' })
  const taken = (await listBackups(backup, guest)).find((one) => one.id === id)
  if (taken?.status === 'DONE') return taken
  throw new CommandError(`Backup ${id} is ${taken?.status ?? 'gone'}, not DONE`, {
    command: barmanCommand(['show-backup', backup.server, id]),
    hint: `see why its last WAL has not arrived: npx create-pg-lab verify --only wal`,
  })
}

async function watchProgress(
  primary: LabNode,
  guest: Guest,
  isDone: () => boolean,
  onProgress: (progress: BackupProgress) => void,
): Promise<void> {
  while (!isDone()) {
    const row = await progressNow(primary, guest)
    if (row) onProgress({ doneBytes: row.done, totalBytes: row.total ?? undefined })
    await pause(ASK_EVERY_MS)
  }
}

interface ProgressRow {
  readonly done: number
  readonly total: number | null
}

/** Only what is shown meanwhile: a server that does not answer now says nothing about the backup. */
async function progressNow(primary: LabNode, guest: Guest): Promise<ProgressRow | undefined> {
  return ifReachable(async () => {
    return (await guest.rows<ProgressRow>(primary, PROGRESS_SQL))[0]
  }, undefined)
}

/** Barman's first line names it: `Starting backup using postgres method for server master in …/base/20261125T225744`. */
function idOf(output: Output, { server }: BackupNode): string | undefined {
  const id = /\b(\d{8}T\d{6})\b/.exec(output.stdout)?.[1]
  if (output.exitCode === 0 && id !== undefined) return id
  if (!outputLines(output).some((line) => line.includes('Another backup'))) return undefined
  throw new UserError(`Barman is already taking a backup of ${server}`, {
    hint: 'let it end: npx create-pg-lab backups shows it',
  })
}

/** Barman begins no backup while its own check fails, and does not say what of it. @throws CommandError that does */
async function whyNone(
  output: Output,
  words: readonly string[],
  backup: BackupNode,
  guest: Guest,
): Promise<never> {
  const { name } = backup
  const isRefused = outputLines(output).some((line) => line.includes('Impossible to start the backup'))
  const failing = isRefused ? await failingChecks(backup, guest) : []
  const why = failing.length === 0 ? '' : `: its check says ${failing.join('; ')}`
  throw new CommandError(`Barman on ${name} took no backup${why}`, {
    command: barmanCommand(['backup', ...words]),
    exitCode: output.exitCode,
    lastLines: outputLines(output),
    hint: isRefused
      ? 'What can be repaired is repaired by: npx create-pg-lab provision. Then: npx create-pg-lab backup'
      : 'Is Barman healthy? npx create-pg-lab verify --only barman',
  })
}

async function failingChecks(backup: BackupNode, guest: Guest): Promise<readonly string[]> {
  const { about } = await askBarman(guest, backup, ['check'])
  const checks = (about ?? {}) as Readonly<
    Record<string, { readonly status?: string; readonly hint?: string }>
  >
  return Object.entries(checks)
    .filter(([, { status }]) => status === 'FAILED')
    .map(([check, { hint }]) => `${check.replaceAll('_', ' ')} failed${hint ? ` (${hint})` : ''}`)
}

function outputLines({ stdout, stderr }: Output): readonly string[] {
  return `${stdout}\n${stderr}`.split(/\r?\n/).filter((line) => line.trim() !== '')
}

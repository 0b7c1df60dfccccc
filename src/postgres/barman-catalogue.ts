import type { BackupNode } from '../lab.ts'
import type { Guest } from '../tools/ssh/guest-contract.ts'
import { askBarman, barmanFailed } from './barman.ts'

/** A base backup in Barman's catalogue. */
export interface BaseBackup {
  readonly id: string
  /** Barman's word: DONE, FAILED, WAITING_FOR_WALS, … Only what is DONE can be restored for certain. */
  readonly status: string
  /** What has changed since another one, which it is restored together with. */
  readonly isIncremental: boolean
  /** Seconds since 1970. `undefined` for one that is not finished. */
  readonly endedAt: number | undefined
  /** Whether the retention policy wants it, and whether it is kept for good: `valid`, `obsolete`, `keep:full`, … */
  readonly retention: string
  /** Of the base backup with the WAL it needs itself, as far as that has arrived; of the WAL that follows it. */
  readonly bytes: number
  readonly walBytes: number
}

interface CatalogueRow {
  readonly backup_id: string
  readonly status: string
  readonly backup_type?: string
  readonly end_time_timestamp?: string
  readonly size_bytes?: number
  readonly wal_size_bytes?: number
  readonly retention_status?: string
}

/** Every base backup Barman has of its server, the newest first. @throws CommandError when Barman does not say */
export async function listBackups(backup: BackupNode, guest: Guest): Promise<readonly BaseBackup[]> {
  const answer = await askBarman(guest, backup, ['list-backup'])
  if (!Array.isArray(answer.about)) throw barmanFailed(answer, backup)
  return (answer.about as readonly CatalogueRow[]).map(toBackup)
}

function toBackup(row: CatalogueRow): BaseBackup {
  const endedAt = Number(row.end_time_timestamp)
  const { size_bytes = 0, wal_size_bytes = 0, retention_status = '-' } = row
  return {
    id: row.backup_id,
    status: row.status,
    isIncremental: row.backup_type === 'incremental',
    endedAt: endedAt > 0 ? endedAt : undefined,
    retention: retention_status === '-' ? 'valid' : retention_status.toLowerCase(),
    bytes: size_bytes,
    walBytes: wal_size_bytes,
  }
}

/** Names of a backup's tablespaces. Barman 3.13 leaves them out of its list. @throws CommandError when Barman does not say */
export async function tablespacesOf(
  backup: BackupNode,
  guest: Guest,
  { id }: BaseBackup,
): Promise<readonly string[]> {
  const answer = await askBarman(guest, backup, ['show-backup'], [id])
  const about = answer.about as { tablespaces?: readonly { name: string }[] } | undefined
  if (!about) throw barmanFailed(answer, backup)
  return (about.tablespaces ?? []).map(({ name }) => name)
}

/** What incrementals are built on: the newest full base backup. */
export interface NewestFull {
  readonly id: string
  /** Where it begins. */
  readonly lsn: string
  /** Whether the server wrote WAL summaries when it was taken. */
  readonly isSummarized: boolean
}

/** @returns `undefined` where there is none */
export async function newestFull(backup: BackupNode, guest: Guest): Promise<NewestFull | undefined> {
  const { about } = await askBarman(guest, backup, ['show-backup'], ['last-full'])
  const { backup_id, base_backup_information, server_information } = (about ?? {}) as {
    readonly backup_id?: string
    readonly base_backup_information?: { readonly begin_lsn?: string }
    readonly server_information?: { readonly summarize_wal?: string }
  }
  const lsn = base_backup_information?.begin_lsn
  if (backup_id === undefined || lsn === undefined) return undefined
  return { id: backup_id, lsn, isSummarized: server_information?.summarize_wal === 'on' }
}

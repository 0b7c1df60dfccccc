import { BACKUP_METHODS, type BackupMethod } from '../catalog/barman.ts'
import { barmanPaths } from '../guest-paths.ts'
import type { BackupNode } from '../lab.ts'
import { scripted } from '../scripts/index.ts'
import type { Output } from '../tools/runner.ts'
import type { Guest } from '../tools/ssh/guest-contract.ts'
import { type DiskSpace, readDisk } from './status-answers.ts'

/** What Barman keeps of a server; bytes are those of the base backups alone, without WAL. */
export interface Backups {
  /** Of the full ones. */
  readonly count: number
  readonly bytes: number
  readonly newest:
    | {
        readonly id: string
        readonly status: string
        readonly endedAt: string | undefined
        readonly bytes: number
      }
    | undefined
  /** How the newest full one that is DONE was copied; `undefined` where there is none. */
  readonly method: BackupMethod | undefined
  /** When the newest full one that is DONE ended, ISO 8601. */
  readonly newestDoneAt: string | undefined
  /** Of the archived WAL files the one that was written last; `undefined` where there is none. */
  readonly newestWal: { readonly name: string; readonly writtenAt: string } | undefined
  /** The last `verify --restore`; `undefined` where there was none. */
  readonly rehearsed: Rehearsed | undefined
  /** Since when Barman has known the server, ISO 8601; `undefined` where it has not reached it yet. */
  readonly since: string | undefined
  /** The backup host's clock, ISO 8601: ages are counted by it. */
  readonly clock: string
}

/** What became of a rehearsal of a restore. */
export interface Rehearsed {
  /** ISO 8601. */
  readonly at: string
  /** Id of the base backup. */
  readonly backup: string
  readonly ok: boolean
  /** In a few words: what was restored, or what went wrong. */
  readonly said: string
}

export interface BackupAnswer {
  readonly backups: Backups
  /** Whether WAL summaries were written when the newest full one that is DONE was taken. */
  readonly isSummarized: boolean
  readonly disk: DiskSpace | undefined
}

function rehearsedFile({ server }: BackupNode): string {
  return `${barmanPaths().kept}/${server}.rehearsed`
}

/** Asks the backup host for what Barman has of its server. */
export function askCatalogue(backup: BackupNode, guest: Guest, timeoutMs?: number): Promise<Output> {
  const argv = scripted('read-catalogue.sh', [backup.server, rehearsedFile(backup)])
  return guest.shell(backup, argv, { as: 'barman', ...(timeoutMs === undefined ? {} : { timeoutMs }) })
}

/** Writes down what became of a rehearsal just now, beside the backups it speaks of. */
export function noteRehearsal(
  backup: BackupNode,
  result: Omit<Rehearsed, 'at'>,
  guest: Guest,
): Promise<Output> {
  const stdin = `${JSON.stringify(result)}\n`
  return guest.shell(backup, scripted('note-rehearsal.sh', [rehearsedFile(backup)]), { as: 'barman', stdin })
}

/** What Barman's own files tell of a base backup; what it is not sure of yet is `undefined`. */
export interface BackupFacts {
  /** ISO 8601. */
  readonly begunAt: string | undefined
  readonly endedAt: string | undefined
  readonly beginLsn: string | undefined
  readonly endLsn: string | undefined
  readonly timeline: number | undefined
  /** Without any WAL. */
  readonly dataBytes: number | undefined
  /** The backup that this one goes on from; `undefined` for a full one. */
  readonly parent: string | undefined
  /** How it was copied. */
  readonly method: BackupMethod | undefined
}

/** @param stdout of `askCatalogue` @returns by the backups' ids */
export function backupFacts(stdout: string): ReadonlyMap<string, BackupFacts> {
  const known = (text: string | undefined) => (text === undefined || text === 'None' ? undefined : text)
  const numberOf = (text: string | undefined) => (known(text) === undefined ? undefined : Number(text))
  const entries = Object.entries(catalogueIn(stdout)).map(([id, fields]): [string, BackupFacts] => [
    id,
    {
      begunAt: timeOf(fields.begin_time),
      endedAt: timeOf(fields.end_time),
      beginLsn: known(fields.begin_xlog),
      endLsn: known(fields.end_xlog),
      timeline: numberOf(fields.timeline),
      dataBytes: numberOf(fields.size),
      parent: known(fields.parent_backup_id),
      method: methodIn(fields.mode),
    },
  ])
  return new Map(entries)
}

/** @returns `undefined` when Barman has no such server */
export function readBackupAnswer(stdout: string): BackupAnswer | undefined {
  const [, lines] = stdout.split(/^catalogue:\n/m)
  if (lines === undefined) return undefined
  const backups = Object.entries(catalogueIn(lines)).map(
    ([id, { status = '', size, end_time, ...more }]) => ({
      id,
      status,
      endedAt: timeOf(end_time),
      bytes: Number(size) || 0,
      parent: namedIn(more.parent_backup_id),
      isSummarized: more.summarize_wal === 'on',
      method: methodIn(more.mode),
    }),
  )
  const done = backups.filter(({ status }) => status === 'DONE')
  // An id is the time it was begun at.
  const [newest] = backups.toSorted((one, other) => (one.id < other.id ? 1 : -1))
  const full = done
    .filter(({ parent }) => parent === undefined)
    .toSorted((one, other) => (one.id < other.id ? 1 : -1))
  const [, now] = /^now (\d+)$/m.exec(lines) ?? []
  return {
    backups: {
      count: full.length,
      bytes: done.reduce((sum, { bytes }) => sum + bytes, 0),
      newest: newest && {
        id: newest.id,
        status: newest.status,
        endedAt: newest.endedAt,
        bytes: newest.bytes,
      },
      method: full[0]?.method,
      newestDoneAt: full
        .flatMap(({ endedAt }) => endedAt ?? [])
        .toSorted()
        .at(-1),
      newestWal: newestWalIn(lines),
      rehearsed: rehearsedIn(lines),
      since: sinceIn(lines),
      clock: new Date(now === undefined ? Date.now() : Number(now) * 1000).toISOString(),
    },
    disk: readDisk(stdout),
    isSummarized: full[0]?.isSummarized ?? false,
  }
}

/** `base/20261122T173338/backup.info:status=DONE`, by id and field. */
function catalogueIn(lines: string): Readonly<Record<string, Readonly<Record<string, string>>>> {
  const catalogue: Record<string, Record<string, string>> = {}
  for (const [, id = '', field = '', value = ''] of lines.matchAll(
    /^(?:base|meta)\/(\w+)[/-]backup\.info:(\w+)=(.*)$/gm,
  )) {
    catalogue[id] ??= {}
    catalogue[id][field] = value
  }
  return catalogue
}

/** `postgres`, or `rsync-concurrent`. */
function methodIn(mode: string | undefined): BackupMethod | undefined {
  return BACKUP_METHODS.find((method) => method === mode?.split('-')[0])
}

function newestWalIn(lines: string): Backups['newestWal'] {
  const [, seconds, name = ''] = /^wal (\d+)\S* (\S+)$/m.exec(lines) ?? []
  return seconds === undefined ? undefined : { name, writtenAt: isoOf(seconds) }
}

function sinceIn(lines: string): string | undefined {
  const [, seconds] = /^since (\d+)/m.exec(lines) ?? []
  return seconds === undefined ? undefined : isoOf(seconds)
}

/** @param seconds since 1970 */
const isoOf = (seconds: string): string => new Date(Number(seconds) * 1000).toISOString()

function rehearsedIn(lines: string): Rehearsed | undefined {
  const [, json] = /^rehearsed (\{.*\})$/m.exec(lines) ?? []
  try {
    return json === undefined ? undefined : (JSON.parse(json) as Rehearsed)
  } catch {
    return undefined // somebody else's words
  }
}

/** `None` is Barman's word for nothing. */
function namedIn(text: string | undefined): string | undefined {
  return text === undefined || text === 'None' ? undefined : text
}

/** `2026-11-22 17:33:41.159834+00:00`, or `None` */
function timeOf(text: string | undefined): string | undefined {
  const time = new Date(text ?? '')
  return Number.isNaN(time.getTime()) ? undefined : time.toISOString()
}

/** How old something is by the backup host's clock, in seconds. */
export function ageS({ clock }: Pick<Backups, 'clock'>, at: string): number {
  return Math.max(0, (Date.parse(clock) - Date.parse(at)) / 1000)
}

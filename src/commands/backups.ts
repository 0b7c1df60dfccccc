import { chooseFrom } from '../config/closest.ts'
import { EXIT, UserError } from '../errors.ts'
import type { BackupNode } from '../lab.ts'
import { askCatalogue, type BackupFacts, backupFacts } from '../observe/backups.ts'
import { deleteBackup, keepBackup, releaseBackup, unreachableWithout } from '../operations/kept-backups.ts'
import { type BaseBackup, listBackups } from '../postgres/barman-catalogue.ts'
import { runTasks } from '../tasks/index.ts'
import { clockIn, size, span } from '../units.ts'
import type { Context } from './shared/context.ts'
import { enveloped } from './shared/envelope.ts'
import { backupHost } from './shared/one-primary.ts'
import { agreesToDelete } from './shared/prompts.ts'
import { openSession, type Session, verifyIsUp, zoneOf } from './shared/session.ts'
import { type Columns, fittedTable, widthOf } from './shared/table.ts'

type BackupVerb = 'keep' | 'release' | 'delete'

interface BackupsOptions {
  readonly json?: true
  readonly yes?: true
}

/** A base backup, with all that is known of it. */
type KnownBackup = BaseBackup & Partial<Omit<BackupFacts, 'endedAt'>>

/**
 * `create-pg-lab backups`: what Barman has, the newest first. `keep`, `release` and `delete` with an id: whether the
 * retention policy may delete it, or that it goes now.
 */
export async function backups(
  context: Context,
  { json, yes }: BackupsOptions,
  verb: BackupVerb | undefined,
  id: string | undefined,
): Promise<number> {
  const session = await openSession(context)
  const host = backupHost(session.lab)
  verifyIsUp(session)
  const all = await knownBackups(session, host)
  if (verb !== undefined) return change(session, host, { all, verb, id, yes: yes === true })
  const zone = zoneOf(session.lab)
  if (json) context.print(enveloped('backups', session.lab.name, { backups: all.map(withTimes) }))
  else if (all.length === 0) context.print('None yet. Take one: npx create-pg-lab backup')
  else {
    context.print(showBackups(all, { zone, paint: context.paint, width: widthOf(context.stdout) }))
  }
  return EXIT.ok
}

async function knownBackups(
  { guest }: Pick<Session, 'guest'>,
  host: BackupNode,
): Promise<readonly KnownBackup[]> {
  const [listed, catalogue] = await Promise.all([listBackups(host, guest), askCatalogue(host, guest)])
  const facts = backupFacts(catalogue.stdout)
  return listed.map((backup) => ({ ...facts.get(backup.id), ...backup }))
}

const iso = (seconds: number | undefined) =>
  seconds === undefined ? null : new Date(seconds * 1000).toISOString()

function withTimes({ endedAt, begunAt, ...backup }: KnownBackup) {
  return {
    ...backup,
    begunAt: begunAt ?? null,
    endedAt: iso(endedAt),
    durationMs: durationMs({ begunAt, endedAt }),
  }
}

function durationMs({ begunAt, endedAt }: Pick<KnownBackup, 'begunAt' | 'endedAt'>): number | null {
  return begunAt === undefined || endedAt === undefined ? null : endedAt * 1000 - Date.parse(begunAt)
}

/** Those with a number are left out where the terminal is narrow, the highest first. */
const COLUMNS: Columns = [
  ['BACKUP', 0],
  ['ON', 0],
  ['FINISHED', 1],
  ['TOOK', 5],
  ['SIZE', 0],
  ['OF IT WAL', 4],
  ['WAL AFTER', 3],
  ['TL', 2],
  ['FROM', 7],
  ['TO', 6],
  ['STATE', 0],
]

/** A table; an incremental backup says on which one it goes on. */
export function showBackups(
  all: readonly KnownBackup[],
  { zone, ...look }: { readonly zone: string } & Parameters<typeof fittedTable>[2],
): string {
  const clock = clockIn(zone)
  const rows = all.map((backup) => {
    const { id, parent, endedAt, bytes, walBytes, dataBytes, timeline, beginLsn, endLsn } = backup
    const tookMs = durationMs(backup)
    const ownWal = dataBytes === undefined || endedAt === undefined ? undefined : bytes - dataBytes
    return [
      id,
      parent ?? '',
      endedAt === undefined ? '' : clock(endedAt * 1000),
      tookMs === null ? '' : span(tookMs / 1000),
      size(bytes),
      ownWal === undefined || ownWal < 0 ? '' : size(ownWal),
      size(walBytes),
      timeline === undefined ? '' : String(timeline),
      beginLsn ?? '',
      endLsn ?? '',
      backup.status === 'DONE' ? backup.retention : backup.status,
    ]
  })
  return [...fittedTable(COLUMNS, rows, look), '', `Times are in ${zone}.`].join('\n')
}

interface BackupChange {
  readonly all: readonly KnownBackup[]
  readonly verb: BackupVerb
  readonly id: string | undefined
  readonly yes: boolean
}

async function change(
  session: Session,
  host: BackupNode,
  { all, verb, id, yes }: BackupChange,
): Promise<number> {
  const { context, guest, taskOptions } = session
  const backup = all.find((one) => one.id === id)
  if (backup === undefined) {
    const message = id === undefined ? `${verb} wants the id of a backup` : `Barman has no backup ${id}`
    throw new UserError(message, {
      hint: chooseFrom(
        id ?? '',
        all.map((one) => one.id),
      ),
    })
  }
  verifyAllowed(verb, { all, backup, host })
  const goesToo = verb === 'delete' ? descendants(all, backup.id) : []
  context.print(consequence(verb, { all, backup, goesToo, zone: zoneOf(session.lab) }))
  if (
    verb === 'delete' &&
    !(await agreesToDelete(context, { yes, words: `backups delete ${backup.id}`, question: 'Delete it?' }))
  )
    return EXIT.ok
  const act = { keep: keepBackup, release: releaseBackup, delete: deleteBackup }[verb]
  const title = { keep: 'Keep', release: 'Release', delete: 'Delete' }[verb]
  await runTasks([{ title: `${title} ${backup.id}`, run: () => act(guest, host, backup.id) }], taskOptions)
  return EXIT.ok
}

/** What Barman would refuse, in words that say what helps. @throws UserError */
function verifyAllowed(
  verb: BackupVerb,
  {
    all,
    backup,
    host,
  }: { readonly all: readonly KnownBackup[]; readonly backup: KnownBackup; readonly host: BackupNode },
): void {
  if (verb === 'keep' && backup.parent !== undefined) {
    throw new UserError(`${backup.id} is incremental: it is kept as long as the full one it goes on from`, {
      hint: `keep that one: npx create-pg-lab backups keep ${backup.parent}`,
    })
  }
  const isFull = ({ status, isIncremental }: KnownBackup) => status === 'DONE' && !isIncremental
  const fulls = all.filter(isFull).length
  if (verb !== 'delete' || !isFull(backup) || fulls > host.minimumRedundancy) return
  throw new UserError(`Barman must keep ${host.minimumRedundancy} full base backups, and has ${fulls}`, {
    hint: 'take another one first: npx create-pg-lab backup; or lower backup.minimumRedundancy in the config, and up',
  })
}

/** Those that go on from it, from near and far. */
function descendants(all: readonly KnownBackup[], id: string): readonly string[] {
  const children = all.filter(({ parent }) => parent === id).map((child) => child.id)
  return children.flatMap((child) => [child, ...descendants(all, child)])
}

function consequence(
  verb: BackupVerb,
  {
    all,
    backup,
    goesToo,
    zone,
  }: {
    readonly all: readonly KnownBackup[]
    readonly backup: KnownBackup
    readonly goesToo: readonly string[]
    readonly zone: string
  },
): string {
  if (verb === 'keep') {
    return `No policy deletes ${backup.id} from now on, nor any WAL since: the disk fills until it is released.`
  }
  if (verb === 'release') return `The retention policy decides about ${backup.id} again.`
  const lost = unreachableWithout(all, backup.id, goesToo)
  const clock = clockIn(zone)
  const words = {
    nothing: 'Every moment that can be restored now can be restored without it too.',
    everything: 'It is the only one that is whole: nothing can be restored any more.',
  }
  return [
    `${backup.id} is deleted, ${size(backup.bytes)}, with the WAL that only it needs.`,
    ...(goesToo.length > 0 ? [`With it go those that are incremental on it: ${goesToo.join(', ')}.`] : []),
    lost.kind === 'before'
      ? `Moments from ${clock(lost.from * 1000)} to ${clock(lost.to * 1000)} (${zone}) cannot be restored any more: ${lost.next} is the oldest then.`
      : words[lost.kind],
  ].join('\n')
}

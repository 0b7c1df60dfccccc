import { EXIT } from '../errors.ts'
import { type BaseBackup, listBackups } from '../postgres/barman-catalogue.ts'
import { size } from '../units.ts'
import type { Context } from './shared/context.ts'
import { enveloped } from './shared/envelope.ts'
import { backupHost } from './shared/one-primary.ts'
import { openSession, verifyIsUp } from './shared/session.ts'

interface BackupsOptions {
  readonly json?: true
}

/** `create-pg-lab backups`: what Barman has, the newest first. */
export async function backups(context: Context, { json }: BackupsOptions): Promise<number> {
  const session = await openSession(context)
  verifyIsUp(session)
  const { lab, guest } = session
  const all = await listBackups(backupHost(lab), guest)
  if (json) context.print(enveloped('backups', lab.name, { backups: all.map(withTime) }))
  else
    context.print(
      all.length === 0 ? 'None yet. Take one: npx create-pg-lab backup' : showBackups(all, zoneOf(lab)),
    )
  return EXIT.ok
}

/** The servers' time zone, so that times match their logs. */
function zoneOf({
  postgres,
}: {
  readonly postgres: { readonly settings: Readonly<Record<string, unknown>> }
}) {
  return String(postgres.settings.timezone ?? 'UTC')
}

function withTime({ endedAt, ...backup }: BaseBackup) {
  return { ...backup, endedAt: endedAt === undefined ? null : new Date(endedAt * 1000).toISOString() }
}

/** A table, as wide as its longest values. */
export function showBackups(all: readonly BaseBackup[], timeZone: string): string {
  const time = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' })
  const rows = all.map(({ id, endedAt, bytes, walBytes, status }) => [
    id,
    endedAt === undefined ? '' : time.format(endedAt * 1000),
    size(bytes),
    size(walBytes),
    status,
  ])
  const table = [['Backup', `Finished (${timeZone})`, 'Size', 'WAL', 'Status'], ...rows]
  const widths = table[0]?.map((_, at) => Math.max(...table.map((row) => row[at]?.length ?? 0))) ?? []
  return table
    .map((row) =>
      row
        .map((cell, at) => cell.padEnd(widths[at] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

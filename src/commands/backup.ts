import { EXIT, Interrupted, UserError } from '../errors.ts'
import { type BackupProgress, takeBackup } from '../operations/backup.ts'
import { copiedServer } from '../postgres/topology.ts'
import { runTask, valueTask } from '../tasks/index.ts'
import { size } from '../units.ts'
import type { Context } from './shared/context.ts'
import { backupHost, onePrimary } from './shared/one-primary.ts'
import { openSession, verifyIsUp } from './shared/session.ts'

interface BackupOptions {
  readonly incremental?: true
}

/** `create-pg-lab backup`: a base backup, with the WAL it needs. */
export async function backup(context: Context, { incremental }: BackupOptions): Promise<number> {
  const session = await openSession(context)
  verifyIsUp(session)
  const { lab, guest, taskOptions } = session
  const host = backupHost(lab)
  const primary = await onePrimary(session, 'to back up')
  if (incremental && !host.incremental) {
    throw new UserError('The lab has no incremental backups', {
      hint: "set backup.incremental in the config, e.g. '30 * * * *', and run: npx create-pg-lab up",
    })
  }
  const source = copiedServer(lab, primary)
  const task = valueTask(`Back up ${source.name}`, async ({ note }) => {
    const isIncremental = incremental === true
    const server = { primary, source, backup: host, guest, version: lab.postgres.version, isIncremental }
    const value = await takeBackup(server, (progress) => note(describeProgress(progress)))
    return { value, said: size(value.bytes) }
  })
  try {
    const { id } = await runTask(task, taskOptions)
    context.print(`\n${context.paint('green', '✔')} Backup ${id} is done. All: npx create-pg-lab backups`)
    return EXIT.ok
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error
    throw new Interrupted(error.signal, [
      'The backup stops because its connection is closed; Barman marks it FAILED.',
    ])
  }
}

function describeProgress({ doneBytes, totalBytes }: BackupProgress): string {
  return totalBytes === undefined ? size(doneBytes) : `${size(doneBytes)} of ${size(totalBytes)}`
}

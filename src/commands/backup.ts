import { EXIT, Interrupted } from '../errors.ts'
import { type BackupProgress, takeBackup } from '../operations/backup.ts'
import { runTask, valueTask } from '../tasks/index.ts'
import { size } from '../units.ts'
import type { Context } from './shared/context.ts'
import { backupHost, onePrimary } from './shared/one-primary.ts'
import { openSession, verifyIsUp } from './shared/session.ts'

/** `create-pg-lab backup`: a base backup, with the WAL it needs. */
export async function backup(context: Context): Promise<number> {
  const session = await openSession(context)
  verifyIsUp(session)
  const { lab, guest, taskOptions } = session
  const host = backupHost(lab)
  const primary = await onePrimary(session, 'to back up')
  const task = valueTask(`Back up ${primary.name}`, async ({ note }) => {
    const server = { primary, backup: host, guest, version: lab.postgres.version }
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

import { programFailed } from '../errors.ts'
import type { BackupNode } from '../lab.ts'
import { barmanCommand, everything } from '../postgres/barman.ts'
import type { BaseBackup } from '../postgres/barman-catalogue.ts'
import type { Guest } from '../tools/ssh/guest-contract.ts'

/** Deleting a big backup takes its time. */
const LIMIT_MS = 30 * 60_000

async function runBarman(
  guest: Guest,
  backup: BackupNode,
  words: readonly string[],
  failed: string,
): Promise<string> {
  const output = await guest.shell(backup, ['barman', ...words], { as: 'barman', timeoutMs: LIMIT_MS })
  if (output.exitCode !== 0) throw programFailed(failed, barmanCommand(words), output)
  return everything(output)
}

/** From now on no policy deletes it, nor the WAL from it on. @throws CommandError with Barman's words */
export async function keepBackup(guest: Guest, backup: BackupNode, id: string): Promise<void> {
  await runBarman(guest, backup, ['keep', '--target', 'full', backup.server, id], `${id} cannot be kept`)
}

/** The retention policy decides about it again. @throws CommandError with Barman's words */
export async function releaseBackup(guest: Guest, backup: BackupNode, id: string): Promise<void> {
  await runBarman(guest, backup, ['keep', '--release', backup.server, id], `${id} cannot be released`)
}

/** Deletes it, with the WAL that only it needed. @throws CommandError with Barman's words */
export async function deleteBackup(guest: Guest, backup: BackupNode, id: string): Promise<void> {
  await runBarman(guest, backup, ['delete', backup.server, id], `${id} cannot be deleted`)
}

/** Which moments nobody can restore any more without a backup. */
export type Unreachable =
  | { readonly kind: 'nothing' }
  /** All of them: no other is whole. */
  | { readonly kind: 'everything' }
  /** Those between the ends of two backups, in seconds since 1970. */
  | { readonly kind: 'before'; readonly from: number; readonly to: number; readonly next: string }

/**
 * @param all backups of the server
 * @param gone its id; those that go on from it go with it
 * @param goesToo ids of those
 */
export function unreachableWithout(
  all: readonly BaseBackup[],
  gone: string,
  goesToo: readonly string[] = [],
): Unreachable {
  const whole = all.flatMap(({ id, status, endedAt }) =>
    status === 'DONE' && endedAt ? [{ id, endedAt }] : [],
  )
  const lost = whole.find(({ id }) => id === gone)
  if (lost === undefined) return { kind: 'nothing' }
  const left = whole.filter(({ id }) => id !== gone && !goesToo.includes(id))
  const [first] = left.toSorted((one, other) => one.endedAt - other.endedAt)
  if (first === undefined) return { kind: 'everything' }
  // From an older one WAL leads to every moment after it.
  if (first.endedAt < lost.endedAt) return { kind: 'nothing' }
  return { kind: 'before', from: lost.endedAt, to: first.endedAt, next: first.id }
}

import { CommandError, UserError } from '../errors.ts'
import type { BackupNode, LabNode } from '../lab.ts'
import { runPlaybook } from '../tools/ansible.ts'
import { askBarman, barmanConfig, barmanFailed } from '../tools/barman.ts'
import { findPrimary } from '../tools/cluster.ts'
import { archiveWal, bytesOf, walReader } from '../tools/wal.ts'
import { type BaseBackup, listBackups } from './catalogue.ts'
import type { Moment } from './moment.ts'
import type { Place } from './place.ts'

/** What is restored from where. */
export interface RestorePlan {
  readonly host: BackupNode
  readonly backup: BaseBackup
  readonly moment: Moment
  /** The primary of today. `undefined` when none answers: then only what has arrived can be restored. */
  readonly primary: LabNode | undefined
  /** The one the primary writes. */
  readonly timeline: number | undefined
}

/** Folder of the restored server on the backup host, seen from barman's home; its socket lies there too. */
export const RESTORED = '.pg-lab/restored'

/** psql in the restored server, for barman on the backup host; what psql takes comes behind it. */
export const RESTORED_PSQL = [
  'sh',
  '-c',
  `exec psql -h ~/${RESTORED} -p 5433 -U postgres "$@"`,
  'psql',
] as const

/** Whether a server is restored beside the cluster, running or not. */
export async function hasRestored({
  guest,
  backup,
}: Pick<RestorePlace, 'guest' | 'backup'>): Promise<boolean> {
  const argv = ['sh', '-c', `[ -e ~/${RESTORED} ]`]
  return (await guest.shell(backup, argv, { as: 'barman' })).exitCode === 0
}

/** Where the lab is, and its backup host. */
type RestorePlace = Place & { readonly backup: BackupNode }

/**
 * Finds the backup from which a moment can be restored.
 * @throws UserError with the reason when there is none
 */
export async function planRestore(place: RestorePlace, moment: Moment): Promise<RestorePlan> {
  const { lab, guest, backup: host } = place
  const [all, found] = await Promise.all([listBackups(host, guest), findPrimary(lab, guest)])
  const done = all.filter(({ status }) => status === 'DONE')
  if (done.length === 0) {
    throw new UserError(`Barman has no backup of ${host.server} that is DONE`, {
      hint: 'take one: npx create-pg-lab backup',
    })
  }
  const primary = found.found ? found.node : undefined
  const timeline = found.states.find(({ node }) => node === primary)?.timeline
  const backup = await backupFor(place, moment, done, primary)
  return { host, backup, moment, primary, timeline }
}

function backupFor(
  place: RestorePlace,
  moment: Moment,
  done: readonly BaseBackup[],
  primary: LabNode | undefined,
): BaseBackup | Promise<BaseBackup> {
  switch (moment.kind) {
    case 'latest':
      return done[0] as BaseBackup
    case 'time':
      return backupBefore(moment, done)
    case 'lsn':
      return backupUpTo(place, bytesOf(moment.value), moment.value, done, primary)
    case 'name':
      return findPoint(place, moment.value).then((lsn) =>
        backupUpTo(place, bytesOf(lsn), `${moment.value} (${lsn})`, done, undefined),
      )
  }
}

function backupBefore(
  { at, value }: Extract<Moment, { kind: 'time' }>,
  done: readonly BaseBackup[],
): BaseBackup {
  if (at > Date.now() / 1000) {
    throw new UserError(`${value} is in the future`, { hint: 'for all there is: --to latest' })
  }
  // Barman tells whole seconds, rounded down.
  const backup = done.find(({ endedAt }) => endedAt !== undefined && endedAt + 1 <= at)
  if (backup) return backup
  const first = new Date(((done.at(-1)?.endedAt ?? 0) + 1) * 1000).toISOString()
  throw new UserError(`${value} is before the end of the first backup`, {
    hint: `the earliest moment is --to ${first}`,
  })
}

/** @param primary is asked whether it has come so far; left out where that is known */
async function backupUpTo(
  place: RestorePlace,
  lsn: bigint,
  told: string,
  done: readonly BaseBackup[],
  primary: LabNode | undefined,
): Promise<BaseBackup> {
  if (primary) {
    const [row] = await place.guest.rows<{ lsn: string }>(primary, 'SELECT pg_current_wal_lsn()::text AS lsn')
    if (row && lsn > bytesOf(row.lsn)) {
      throw new UserError(`${told} is in the future: ${primary.name} is at ${row.lsn}`, {
        hint: 'for all there is: --to latest',
      })
    }
  }
  let earliest = ''
  for (const backup of done) {
    earliest = await endOf(place, backup)
    if (bytesOf(earliest) <= lsn) return backup
  }
  throw new UserError(`${told} is before the end of the first backup`, {
    hint: `the earliest moment is --to ${earliest}`,
  })
}

/** The LSN from which on a backup is consistent. */
async function endOf({ guest, backup: host }: RestorePlace, { id }: BaseBackup): Promise<string> {
  const answer = await askBarman(guest, host, ['show-backup'], [id])
  const about = answer.about as { base_backup_information?: { end_lsn?: string } } | undefined
  const lsn = about?.base_backup_information?.end_lsn
  if (lsn === undefined) throw barmanFailed(answer, host)
  return lsn
}

/*
 * Looks through all WAL there is, of every timeline, also what is still arriving, the oldest first. $1 is the name,
 * $2 path_prefix, $3 wals_directory, $4 streaming_wals_directory; then what reads the archive's files, compressed or
 * not.
 */
const FIND_POINT = `name=$1 wals=$3 streaming=$4
PATH="$2:$PATH"
shift 4
work=$(mktemp -d) || exit
trap 'rm -rf "$work"' EXIT
{
  find "$wals" -type f -name '[0-9A-F]*' ! -name '*.*' | sort
  find "$streaming" -type f -name '*.partial' | sort
} |
while IFS= read -r file; do
  segment=\${file##*/}
  segment=$work/\${segment%.partial}
  "$@" <"$file" >"$segment"
  if grep -qaF -e "$name" "$segment"; then pg_waldump --rmgr=XLOG "$segment" 2>&1; fi
  rm -f "$segment"
done`

/** @returns the LSN of the newest restore point of this name */
async function findPoint({ guest, backup: host }: RestorePlace, name: string): Promise<string> {
  const { config } = await barmanConfig(guest, host)
  const { path_prefix, wals_directory, streaming_wals_directory } = config
  const words = [name, ...[path_prefix, wals_directory, streaming_wals_directory].map(String)]
  const argv = ['bash', '-c', FIND_POINT, 'bash', ...words, ...walReader(host)]
  const { stdout } = await guest.shell(host, argv, { as: 'barman', timeoutMs: 30 * 60_000 })
  const points = [...stdout.matchAll(/lsn: ([\dA-F]+\/[\dA-F]+),.* RESTORE_POINT (.*)$/gm)]
  const lsn = points.findLast(([, , one]) => one === name)?.[1]
  if (lsn !== undefined) return lsn
  throw new UserError(`There is no restore point ${name} in Barman’s archive`, {
    hint: 'one is made with: npx create-pg-lab psql -c "SELECT pg_create_restore_point(\'name\')"',
  })
}

/** What the playbooks are told. */
function variablesOf({ backup, moment, timeline }: RestorePlan): Record<string, string | readonly string[]> {
  return {
    restore_backup: backup.id,
    restore_target: moment.kind,
    ...(moment.kind === 'latest' ? {} : { restore_value: moment.value }),
    ...(timeline === undefined ? {} : { restore_timeline: String(timeline) }),
    restore_tablespaces: backup.tablespaces,
  }
}

/**
 * Restores on the backup host, as a server of its own that stays. The one restored there before is replaced.
 * @throws UserError when the WAL does not reach the moment: then nothing is left there
 */
export async function restoreBeside(place: RestorePlace, plan: RestorePlan, onStep: (text: string) => void) {
  await sealMoment(place, plan)
  await play(place, plan, 'provisioning/restore.yml', variablesOf(plan), onStep)
}

/**
 * Restores over a server: it gets the data of the moment and goes on as the primary; standbys are cloned afresh, and
 * Barman takes a new backup. Nothing of the cluster is touched before the moment is reached on the backup host.
 * @param over name of that server
 * @returns what is to be told afterwards, a sentence each: where data is kept that an earlier restore has set aside
 */
export async function restoreOver(
  place: RestorePlace,
  plan: RestorePlan,
  over: string,
  onStep: (text: string) => void,
): Promise<readonly string[]> {
  await sealMoment(place, plan)
  const variables = { ...variablesOf(plan), restore_over: over }
  return play(place, plan, 'provisioning/restore-in-place.yml', variables, onStep)
}

/** Stops and deletes the server that `restoreBeside` made. */
export async function removeRestored(place: RestorePlace, onStep: (text: string) => void): Promise<void> {
  await play(place, undefined, 'provisioning/remove-restored.yml', {}, onStep)
}

/** A commit behind the moment, for PostgreSQL ends there only where it sees one; and all of it in the archive. */
async function sealMoment({ guest, backup }: RestorePlace, { primary }: RestorePlan): Promise<void> {
  if (!primary) return
  const commit = "SELECT pg_logical_emit_message(true, 'pg-lab', 'restore');"
  await guest.execute(primary, commit)
  const { segment, arrived } = await archiveWal(primary, backup, guest)
  if (arrived) return
  throw new CommandError(`The WAL up to now (${segment}) does not arrive in Barman’s archive`, {
    command: 'npx create-pg-lab verify --only wal',
    hint: 'Where a restore or a rejoin was cut off, npx create-pg-lab up sets Barman right. Else see what is wrong: npx create-pg-lab verify --only wal,barman',
  })
}

/** @returns what its tasks have said */
async function play(
  { directory, run, logFile }: Place,
  plan: RestorePlan | undefined,
  playbook: string,
  extraVars: Record<string, string | readonly string[]>,
  onStep: (text: string) => void,
): Promise<readonly string[]> {
  const said: string[] = []
  try {
    await runPlaybook({
      directory,
      run,
      logFile,
      playbook,
      extraVars,
      onEvent: (event) => {
        if (event.event === 'said') said.push(event.message)
        if (event.event !== 'task') return
        onStep(`${event.host}: ${event.task.replace(/^[\w.]+ : /, '')} · ${event.index}/${event.total}`)
      },
    })
    return said
  } catch (error) {
    if (plan && error instanceof CommandError && error.message.includes('recovery ended before')) {
      throw notReached(plan, error)
    }
    throw error
  }
}

function notReached({ moment, backup }: RestorePlan, cause: CommandError): UserError {
  const told = moment.kind === 'latest' ? 'the end' : moment.value
  return new UserError(`The WAL behind backup ${backup.id} ends before ${told}. Nothing was changed`, {
    hint: 'Is a segment missing? npx create-pg-lab verify --only continuity. All that can be had: --to latest',
    cause,
  })
}

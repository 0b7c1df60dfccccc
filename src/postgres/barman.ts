import { barmanHas } from '../catalog/barman.ts'
import { CommandError, programFailed } from '../errors.ts'
import type { BackupNode, LabNode } from '../lab.ts'
import { scripted } from '../scripts/index.ts'
import { shellWord } from '../tools/process/quote.ts'
import type { Output } from '../tools/runner.ts'
import { onceAGuest } from '../tools/ssh/ask-once.ts'
import type { Guest } from '../tools/ssh/guest-contract.ts'
import type { Evidence } from './evidence.ts'

/** An emulated processor that has other things to do takes over a minute for `barman check`. */
const TIMEOUT_MS = 180_000

/** Barman's answer: its exit code and words, and the part of its JSON about our server. */
export interface BarmanAnswer extends Evidence {
  readonly exitCode: number
  /** `undefined` where Barman printed no JSON about this server (its words then say why). */
  readonly about: unknown
  /** What Barman itself calls errors. */
  readonly errors: readonly string[]
}

/** What makes everything below Barman's home its own again. */
export const OWN_FOLDERS =
  'Give them back to barman: sudo chown -R barman: ~barman && sudo chmod -R u+rwX ~barman'

/** Name of a host's streaming connection; Barman's is its default streaming_archiver_name. */
export function applicationOf(node: LabNode): string {
  return node.role === 'backup' ? 'barman_receive_wal' : node.name
}

/**
 * Asks Barman about its server, as the barman user (as root it would leave a log that barman cannot write).
 * @param args subcommand and options, without the server's name
 * @param after words behind the server's name, e.g. a backup id
 */
export async function askBarman(
  guest: Guest,
  backup: BackupNode,
  args: readonly string[],
  after: readonly string[] = [],
): Promise<BarmanAnswer> {
  const words = ['barman', '-f', 'json', ...args, backup.server, ...after]
  const output = await guest.shell(backup, words, { as: 'barman', timeoutMs: TIMEOUT_MS })
  return {
    command: barmanCommand(words.slice(1)),
    output: everything(output),
    exitCode: output.exitCode,
    ...answerParts(output.stdout, backup.server),
  }
}

/** How a person runs Barman on the backup host. */
export function barmanCommand(words: readonly string[]): string {
  return `sudo -u barman barman ${words.map(shellWord).join(' ')}`
}

/** The answer is not what Barman prints when all is well: the check cannot judge it. */
export function barmanFailed(answer: BarmanAnswer, backup: BackupNode): CommandError {
  return new CommandError(`Barman says nothing about ${backup.server} (exit code ${answer.exitCode})`, {
    command: answer.command,
    exitCode: answer.exitCode,
    lastLines: answer.errors.length > 0 ? answer.errors : answer.output.split('\n').slice(-5),
    hint: `Barman is missing, or does not know the server. Set it up again: npx create-pg-lab provision`,
  })
}

/** Everything a command printed, without empty ends. */
export function everything(output: Output): string {
  return [output.stdout.trim(), output.stderr.trim()].filter(Boolean).join('\n')
}

function answerParts(stdout: string, server: string): Pick<BarmanAnswer, 'about' | 'errors'> {
  try {
    const parsed: unknown = JSON.parse(stdout)
    if (typeof parsed !== 'object' || parsed === null) return { about: undefined, errors: [] }
    const { [server]: about, _ERROR: errors, _EXCEPTION: exceptions } = parsed as Record<string, unknown>
    return { about, errors: [errors, exceptions].flatMap(texts) }
  } catch {
    return { about: undefined, errors: [] }
  }
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map((one) => String(one).trim()) : []
}

const showServer = onceAGuest((guest, backup: BackupNode) => askBarman(guest, backup, ['show-server']))

/** Every setting of the server that is in force (`barman show-server`), by Barman's own names. */
export async function barmanConfig(
  guest: Guest,
  backup: BackupNode,
): Promise<{ readonly answer: BarmanAnswer; readonly config: Readonly<Record<string, unknown>> }> {
  const answer = await showServer(guest, backup)
  if (typeof answer.about !== 'object' || answer.about === null) throw barmanFailed(answer, backup)
  return { answer, config: answer.about as Record<string, unknown> }
}

/** Barman's version, e.g. `3.13.3`. @throws CommandError when Barman does not say */
export const barmanVersion = onceAGuest(async (guest, backup: BackupNode): Promise<string> => {
  const words = ['barman', '--version']
  const output = await guest.shell(backup, words, { as: 'barman', timeoutMs: TIMEOUT_MS })
  const version = /\d+(\.\d+)+\S*/.exec(output.stdout)?.[0]
  if (version !== undefined) return version
  throw programFailed(
    `Barman on ${backup.name} does not say its version`,
    barmanCommand(['--version']),
    output,
  )
})

/** What Barman is told to end receive-wal with. */
async function stopReceiveWalWords(guest: Guest, backup: BackupNode): Promise<readonly string[]> {
  const isNew = barmanHas(await barmanVersion(guest, backup), 'terminate_process')
  return isNew
    ? ['terminate-process', backup.server, 'receive-wal']
    : ['receive-wal', '--stop', backup.server]
}

/** Ends receive-wal where it lives, as a unit or by itself; Barman's next cron starts it again. It may have ended already. */
export async function stopReceiveWal(guest: Guest, backup: BackupNode): Promise<void> {
  const options = { timeoutMs: 60_000 }
  // Where a unit supervises it, it comes back when it is only killed; and barman may not stop a unit that root has
  // started, nor any where polkit is missing.
  const unit = scripted('stop-unit.sh', [`barman-receive-wal@${backup.server}.service`])
  await guest.shell(backup, unit, { ...options, as: 'root' })
  const words = await stopReceiveWalWords(guest, backup)
  await guest.shell(backup, ['barman', ...words], { ...options, as: 'barman' })
}

import { sentCommand } from '../tools/ssh/ssh-guest.ts'
import { type Context, canAsk } from './shared/context.ts'
import { backupHost } from './shared/one-primary.ts'
import { runThere } from './shared/run-there.ts'
import { openSession, verifyIsUp } from './shared/session.ts'
import { passedOn } from './shared/verb.ts'

/** What Barman can do for no server in particular: https://docs.pgbarman.org, "Commands". */
const WITHOUT_SERVER = [
  'config-update',
  'cron',
  'diagnose',
  'help',
  'list-server',
  'list-servers',
  'lock-directory-cleanup',
]

/** Options before the command that have a value behind them. */
const WITH_VALUE = ['-c', '--config', '-f', '--format', '--log-level', '--color', '--colour']

/**
 * `create-pg-lab barman [words of barman…]`: as its user, with the server's name put in where a command wants one.
 * @returns barman's exit code
 */
export async function barman(context: Context, _options: object, words: readonly string[]): Promise<number> {
  const session = await openSession(context)
  const node = backupHost(session.lab)
  verifyIsUp(session)
  const { file, args } = sentCommand(
    node.name,
    ['barman', ...withServer(passedOn(words), node.server)],
    'barman',
  )
  return runThere(session, node, { file, args: [...(canAsk(context) ? ['-t'] : []), ...args] })
}

/** The words with the server behind the command, unless it is there, or `all`, or the command takes none. */
export function withServer(words: readonly string[], server: string): readonly string[] {
  const at = words.findIndex(
    (word, index) => !word.startsWith('-') && !WITH_VALUE.includes(words[index - 1] ?? ''),
  )
  const command = words[at]
  if (command === undefined) return words.length === 0 ? ['help'] : words
  const rest = words.slice(at + 1)
  const isNamed = rest.some((word) => word === server || word.startsWith(`${server}:`))
  const wantsNone =
    WITHOUT_SERVER.includes(command) || rest[0] === 'all' || rest.includes('--help') || rest.includes('-h')
  return isNamed || wantsNone ? words : [...words.slice(0, at + 1), server, ...rest]
}

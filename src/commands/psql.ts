import { type LabNode, nodesOf } from '../lab.ts'
import { askServers, primaryOf } from '../observe/servers.ts'
import { restoredPsql } from '../operations/restore.ts'
import { CONNECT_S } from '../tools/ssh/psql-session.ts'
import { sentCommand } from '../tools/ssh/ssh-guest.ts'
import { type Context, canAsk } from './shared/context.ts'
import { findNode, openSession, type Session, verifyIsUp } from './shared/session.ts'
import { passedOn } from './shared/verb.ts'

/**
 * `create-pg-lab psql [node] [arguments of psql…]`: as the superuser, in the demo database. On the backup host it is that of
 * the server restored there.
 * @returns psql's exit code
 */
export async function psql(context: Context, _options: object, words: readonly string[]): Promise<number> {
  const session = await openSession(context)
  const { lab, directory } = session
  const [first = ''] = words
  const isNamed = words.length > 0 && !first.startsWith('-')
  const named = isNamed ? findNode(nodesOf(lab), first) : undefined
  verifyIsUp(session)
  const node = named ?? (await primaryOrMaster(session))
  const own = passedOn(isNamed ? words.slice(1) : words)
  const [program, user] =
    node.role === 'backup' ? ([restoredPsql(), 'barman'] as const) : ([['psql'], 'postgres'] as const)
  // A server that hangs takes the connection and never answers; what is typed then may take its time.
  const bounded = ['env', `PGCONNECT_TIMEOUT=${CONNECT_S}`, ...program]
  const { file, args } = sentCommand(node.name, [...bounded, '-d', lab.database.name, ...own], user)
  const terminal = canAsk(context) ? ['-t'] : []
  const { exitCode } = await context.run({
    file,
    args: [...terminal, ...args],
    cwd: directory,
    interactive: true,
    expectExit: 'any',
  })
  return exitCode
}

/** The current primary; the master of the config where that is not clear, for psql says more. */
async function primaryOrMaster({ lab, guest }: Session): Promise<LabNode> {
  const primary = primaryOf(await askServers(lab, guest))
  return primary.is === 'found' ? primary.node : lab.master
}

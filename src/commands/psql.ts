import { type Lab, type LabNode, nodesOf } from '../lab.ts'
import { askServers, primaryOf, type ServerState } from '../observe/servers.ts'
import { restoredPsql } from '../operations/restore.ts'
import { CONNECT_S } from '../tools/ssh/psql-session.ts'
import { sentCommand } from '../tools/ssh/ssh-guest.ts'
import { type Context, canAsk } from './shared/context.ts'
import { runThere } from './shared/run-there.ts'
import { findNode, openSession, verifyIsUp } from './shared/session.ts'
import { passedOn } from './shared/verb.ts'

/**
 * `create-pg-lab psql [node] [arguments of psql…]`: as the superuser, in the demo database. On the backup host it is that of
 * the server restored there.
 * @returns psql's exit code
 */
export async function psql(context: Context, _options: object, words: readonly string[]): Promise<number> {
  const session = await openSession(context)
  const { lab } = session
  const [first = ''] = words
  const isNamed = words.length > 0 && !first.startsWith('-')
  const named = isNamed ? findNode(nodesOf(lab), first) : undefined
  verifyIsUp(session)
  const own = passedOn(isNamed ? words.slice(1) : words)
  const isTyped = canAsk(context) && !own.some((word) => NOT_TYPED.test(word))
  const servers = named === undefined || isTyped ? await askServers(lab, session.guest) : []
  const node = named ?? primaryOrMaster(lab, servers)
  const prompt = isTyped ? promptOf(node, servers) : []
  const [program, user] =
    node.role === 'backup' ? ([restoredPsql(), 'barman'] as const) : ([['psql'], 'postgres'] as const)
  // A server that hangs takes the connection and never answers; what is typed then may take its time.
  const bounded = ['env', `PGCONNECT_TIMEOUT=${CONNECT_S}`, ...program]
  const { file, args } = sentCommand(
    node.name,
    [...bounded, '-d', lab.database.name, ...prompt, ...own],
    user,
  )
  const terminal = canAsk(context) ? ['-t'] : []
  return runThere(session, node, { file, args: [...terminal, ...args] })
}

/** Options with which psql reads its commands elsewhere than from the terminal. */
const NOT_TYPED = /^(-[a-zA-Z]*[cfl]|--(command|file|list)\b)/

/** Where one is, in front of what psql shows by itself: `master (primary) otus=#`. */
function promptOf({ name, role }: LabNode, servers: readonly ServerState<never>[]): readonly string[] {
  const answer = servers.find(({ node }) => node.name === name)?.answer
  const part = role === 'backup' ? 'restored' : answer && (answer.in_recovery ? 'standby' : 'primary')
  const place = part ? `${name} (${part})` : name
  return ['1', '2'].flatMap((number) => ['-v', `PROMPT${number}=${place} %/%R%x%# `])
}

/** The current primary; the master of the config where that is not clear, for psql says more. */
function primaryOrMaster(lab: Lab, servers: readonly ServerState<never>[]): LabNode {
  const primary = primaryOf(servers)
  return primary.is === 'found' ? primary.node : lab.master
}

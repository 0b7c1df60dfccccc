import { type LabNode, postgresNodes } from '../lab.ts'
import { findPrimary } from '../tools/cluster.ts'
import { sshCommand } from '../tools/guest.ts'
import { type Context, canAsk, passedOn } from './command.ts'
import { findNode, openSession, type Session, verifyIsUp } from './session.ts'

/**
 * `pg-lab psql [node] [arguments of psql…]`: as the superuser, in the demo database.
 * @returns psql's exit code
 */
export async function psql(context: Context, _options: object, words: readonly string[]): Promise<number> {
  const session = await openSession(context)
  const { lab, directory } = session
  const [first = ''] = words
  const isNamed = words.length > 0 && !first.startsWith('-')
  const named = isNamed ? findNode(postgresNodes(lab), first) : undefined
  verifyIsUp(session)
  const node = named ?? (await primaryOf(session))
  const own = passedOn(isNamed ? words.slice(1) : words)
  const { file, args } = sshCommand(node.name, ['psql', '-d', lab.database.name, ...own], 'postgres')
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

/** The primary of the day; the master of the config where that is not clear, for psql says more. */
async function primaryOf({ lab, guest }: Session): Promise<LabNode> {
  const primary = await findPrimary(lab, guest)
  return primary.found ? primary.node : lab.master
}

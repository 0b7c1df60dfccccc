import { nodesOf } from '../lab.ts'
import { LAB_FILES } from '../lab-files.ts'
import { type Context, canAsk } from './shared/context.ts'
import { runThere } from './shared/run-there.ts'
import { findNode, openSession, verifyIsUp } from './shared/session.ts'
import { passedOn } from './shared/verb.ts'

/**
 * `create-pg-lab ssh <node> [command…]`. As with ssh itself, the shell over there reads the words.
 * @returns the exit code of the command over there; 255 when ssh did not get through
 */
export async function ssh(
  context: Context,
  _options: object,
  name: string,
  rest: readonly string[],
): Promise<number> {
  const command = passedOn(rest)
  const session = await openSession(context)
  const node = findNode(nodesOf(session.lab), name)
  verifyIsUp(session)
  const terminal = canAsk(context) && command.length > 0 ? ['-t'] : []
  const words = command.length > 0 ? ['--', ...command] : []
  const args = ['-F', LAB_FILES.sshConfig.path, ...terminal, node.name, ...words]
  return runThere(session, node, { file: 'ssh', args })
}

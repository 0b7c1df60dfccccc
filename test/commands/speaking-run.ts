import type { Command, Output, Runner } from '../../src/tools/runner.ts'
import { asTyped } from '../support/any-shell.ts'

/** What a host answers to a command line; `undefined` for a machine that is down. */
export type Answer = (words: string, stdin: string) => Partial<Output> | undefined

/** A runner that knows ssh and nothing else: each host answers, or refuses the connection. */
export function speakingRun(hosts: Readonly<Record<string, Answer>>): { run: Runner; commands: Command[] } {
  const commands: Command[] = []
  const run: Runner = async (command) => {
    commands.push(command)
    if (command.file === 'git')
      return { exitCode: 128, stdout: '', stderr: 'fatal: not a git repository', durationMs: 1 }
    if (command.file !== 'ssh') throw new Error(`nobody should start ${command.file}`)
    const [name = '', , words = ''] = command.args.slice(command.args.indexOf('-F') + 2)
    const answer = hosts[name]?.(asTyped(words), command.stdin ?? '')
    const refused = { exitCode: 255, stderr: 'ssh: connect to host 127.0.0.1 port 22: Connection refused\n' }
    return { exitCode: 0, stdout: '', stderr: '', durationMs: 1, ...(answer ?? refused) }
  }
  return { run, commands }
}

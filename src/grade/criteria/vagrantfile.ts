import { CommandError } from '../../errors.ts'
import { type Criterion, unasked } from './criterion.ts'
import { vagrantfileOf } from './files.ts'

const TIMEOUT_MS = 20_000

/**
 * Compiles what it is given, and runs none of it. Not `ruby -c`, which acts on the switches in a file's first line:
 * `#!ruby -C/elsewhere`. Nor a file: Ruby would look beside it.
 */
const PROGRAM = `
begin
  RubyVM::InstructionSequence.compile(STDIN.read.force_encoding('UTF-8'), 'Vagrantfile')
rescue SyntaxError, ArgumentError => e
  puts e.message.lines.first(2).map(&:strip).join(' ')
  exit 1
end
`

/** Ruby reads the Vagrantfile. */
export const vagrantfile: Criterion = {
  id: 'vagrantfile',
  async judge({ submission, run, words: { seen } }) {
    const path = vagrantfileOf(submission)
    const text = submission.files.find((file) => file.path === path)?.text
    const command = `sed '1s/^#!.*//' ${path ?? 'Vagrantfile'} | ruby -c`
    if (path === undefined || text === undefined) return unasked(seen.noVagrantfile, command)
    try {
      const { exitCode, stdout } = await run({
        file: 'ruby',
        args: ['--disable=gems,rubyopt', '-e', PROGRAM],
        cwd: '/',
        env: { RUBYOPT: undefined, RUBYLIB: undefined },
        stdin: text,
        expectExit: 'any',
        timeoutMs: TIMEOUT_MS,
      })
      if (exitCode === 0) return { outcome: 'met', seen: [seen.reads(path)], command }
      return { outcome: 'failed', seen: [seen.cannotBeRead(path, stdout.trim())], command }
    } catch (error) {
      if (!(error instanceof CommandError) || error.timedOut) throw error
      return unasked(seen.noRuby, command)
    }
  },
}

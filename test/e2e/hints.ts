import type { Finding } from '../../src/finding.ts'
import { spawn, type TestLab } from './support.ts'

/** A command of a hint, and the node it is for; `undefined` for one of our own. */
interface HintCommand {
  readonly node: string | undefined
  readonly command: string
}

/** Where a second way begins that is for other circumstances. */
const OTHERWISE = /(?:\. |; )(?:If|if|To keep)\b/

/** `on slave:`, one of our commands, or one for a node. */
const COMMAND = /\bon ([\w-]+):|\b(npx create-pg-lab [^;.:,()]+)|\bsudo .+?(?=$|; (?:then|and) )/gi

/** The commands of a hint's first way, in its order. A node's own is for the one named with `on …:`, else for the finding's. */
function commandsOf({ hint = '', node }: Pick<Finding, 'hint' | 'node'>): readonly HintCommand[] {
  const ways = hint.split(OTHERWISE).map((way) => commandsIn(way, node))
  return ways.find((commands) => commands.length > 0) ?? []
}

function commandsIn(way: string, node: string): readonly HintCommand[] {
  let at = node
  const found: HintCommand[] = []
  for (const [text, named, own] of way.matchAll(COMMAND)) {
    if (named) at = named
    else found.push(own ? { node: undefined, command: own.trim() } : { node: at, command: text })
  }
  return found
}

/** rejoin asks before anything is given up, and here nobody sits at a terminal. */
function agreed(words: readonly string[]): readonly string[] {
  return words[0] === 'rejoin' ? [...words, '--yes'] : words
}

/** Types what a hint says, word for word. */
export function carryOut(lab: TestLab, finding: Finding): void {
  const commands = commandsOf(finding)
  if (commands.length === 0) throw new Error(`There is nothing to type in: ${finding.hint}`)
  for (const { node, command } of commands) {
    if (node === undefined) lab.must(...agreed(command.split(' ').slice(2)))
    else {
      const { status, stdout, stderr } = spawn('ssh', ['-F', '.pg-lab/ssh_config', node, command], {
        cwd: lab.directory,
      })
      if (status !== 0) throw new Error(`${node}: ${command}\n${stdout}\n${stderr}`)
    }
  }
}

import type { Command, OptionValues } from './command-line.ts'
import type { Context } from './context.ts'

/** A command's own file exports one of these. Resolves to the exit code. */
export type Action<Args extends unknown[], Options extends OptionValues> = (
  context: Context,
  options: Options,
  ...args: Args
) => Promise<number>

/** A row of the table of commands. */
export interface Verb {
  readonly name: string
  /** One line of `--help`. */
  readonly summary: string
  /** Adds its arguments and options, and hands what is to be run to `start` when it is called. */
  attach(command: Command, start: (begin: Begin) => Promise<void>): void
}

/** Loads a command's file and runs it. */
export type Begin = (context: Context) => Promise<number>

/**
 * Makes a row of the table; its types hold the declared arguments and options against those of the command's file.
 * @param row.changesLab such commands take turns: while one is at work on a lab, another is refused
 * @param row.declare adds arguments and options
 * @param row.load imports the command's file, only when it is called
 */
export function verb<Args extends unknown[], Options extends OptionValues>(row: {
  readonly name: string
  readonly summary: string
  readonly changesLab: boolean | ((options: Options, ...args: Args) => boolean)
  readonly declare: (command: Command) => Command<Args, Options>
  readonly load: () => Promise<Action<Args, Options>>
}): Verb {
  return {
    name: row.name,
    summary: row.summary,
    attach(plain, start) {
      const command = row.declare(plain)
      command.action(async () => {
        await start(async (context) => {
          const run = await row.load()
          const options = command.opts()
          const work = (claiming: Context) => run(claiming, options, ...command.processedArgs)
          const changes =
            typeof row.changesLab === 'boolean'
              ? row.changesLab
              : row.changesLab(options, ...command.processedArgs)
          if (!changes) return work(context)
          const { exclusively } = await import('./exclusive.ts')
          return exclusively(context, row.name, work)
        })
      })
    },
  }
}

/** Words for another program: the `--` that keeps us from reading them is not one of them. */
export function passedOn(words: readonly string[]): readonly string[] {
  return words[0] === '--' ? words.slice(1) : words
}

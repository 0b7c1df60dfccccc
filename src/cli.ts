import { resolve } from 'node:path'
import manifest from '../package.json' with { type: 'json' }
import { VERBS } from './commands/index.ts'
import { Command, CommanderError, type CommandUnknownOpts } from './commands/shared/command-line.ts'
import type { Context, Io } from './commands/shared/context.ts'
import { COMMAND_HELP, GROUPS, OTHER_NAMES, showCommandHelp } from './commands/shared/help.ts'
import type { Begin, Verb } from './commands/shared/verb.ts'
import { closest } from './config/closest.ts'
import { cannotWrite, EXIT, isDiskTrouble, UserError } from './errors.ts'
import { callFrom } from './package-root.ts'
import { painter } from './paint.ts'
import { exitCodeOf, showError } from './show-errors.ts'
import { quoteForShell } from './tools/process/quote.ts'
import type { Runner } from './tools/runner.ts'

/** Options of every command; they may stand before its name too. */
interface CommonOptions {
  readonly config?: string
  readonly directory?: string
}

/**
 * One program run. Nothing else exits or prints an error.
 * @param argv the words after the program's name
 * @returns the exit code
 */
export async function main(argv: readonly string[], io: Io): Promise<number> {
  try {
    return await dispatch(argv, io)
  } catch (thrown) {
    const error = isDiskTrouble(thrown) ? cannotWrite(thrown.path ?? 'the disk', thrown) : thrown
    const page = showError(error, {
      paint: painter(io.stderr, io.env),
      again: quoteForShell(['npx', 'create-pg-lab', ...argv]),
      versions: `create-pg-lab ${manifest.version} · Node.js ${process.version} · ${process.platform} ${process.arch}`,
      reportTo: 'the issue tracker that `npm bugs create-pg-lab` opens',
    })
    io.stderr.write(`\n${page}`)
    return exitCodeOf(error)
  }
}

async function dispatch(argv: readonly string[], io: Io): Promise<number> {
  let exitCode: number = EXIT.ok
  const program = createProgram(io, async (options, begin) => {
    exitCode = await begin(contextOf(io, options))
  })
  const [first, asked] = argv
  if (first === 'help' && asked !== undefined) verifyIsCommand(asked)
  try {
    await program.parseAsync(argv.length > 0 ? argv : ['--help'], { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (error.exitCode !== 0) throw asUserError(error, argv)
  }
  return exitCode
}

function createProgram(io: Io, start: (options: CommonOptions, begin: Begin) => Promise<void>): Command {
  const program = new Command('create-pg-lab')
    .description('A PostgreSQL replication lab from one config file, up, running and proven.')
    .version(manifest.version, '--version', 'print the version')
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: () => {}, // thrown as well, and shown by `main`
      getOutHelpWidth: () => io.stdout.columns ?? 80,
      getOutHasColors: () => false,
    })
    .configureHelp({ subcommandTerm: termOf })
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
  addCommonOptions(program as unknown as Command)
  for (const verb of inGroups(VERBS)) attach(verb, program as unknown as Command, start)
  return program as unknown as Command
}

/** A group stands where its first command does. */
function inGroups(verbs: readonly Verb[]): readonly Verb[] {
  return GROUPS.flatMap((group) => verbs.filter(({ name }) => COMMAND_HELP[name]?.group === group))
}

/** `ssh <node> [command...]`: every command has options, so that is not worth a word. */
function termOf(command: CommandUnknownOpts): string {
  const words = command.registeredArguments.map((argument) =>
    argument.required ? `<${argument.name()}>` : `[${argument.name()}]`,
  )
  return [command.name(), ...words].join(' ')
}

function attach(
  verb: Verb,
  program: Command,
  start: (options: CommonOptions, begin: Begin) => Promise<void>,
): void {
  const command = addCommonOptions(program.command(verb.name).description(verb.summary))
  command
    .helpGroup(`${COMMAND_HELP[verb.name]?.group ?? ''}:`)
    .addHelpText('after', showCommandHelp(verb.name))
  verb.attach(command, (begin) => start({ ...program.opts(), ...command.opts() }, begin))
}

function addCommonOptions(command: Command): Command {
  command.option('--config <file>', 'read this config; its folder is the lab')
  command.option('-C, --directory <folder>', 'work as if called from there')
  return command
}

function contextOf(io: Io, { config, directory }: CommonOptions): Context {
  return {
    ...io,
    directory: resolve(io.cwd, directory ?? '.'),
    configPath: config,
    paint: painter(io.stdout, io.env),
    print: (text) => void io.stdout.write(`${text}\n`),
    claim: async () => {},
  }
}

/** @throws UserError for a word that is no command: commander would print the help of all */
function verifyIsCommand(word: string): void {
  if (word === 'help' || VERBS.some(({ name }) => name === word)) return
  throw unknownCommand(word)
}

function unknownCommand(word: string): UserError {
  const other = Object.hasOwn(OTHER_NAMES, word) ? OTHER_NAMES[word] : undefined
  const names = VERBS.map(({ name }) => name)
  const meant = other ?? closest(word, names)
  const hint = meant
    ? `did you mean ${meant}? npx create-pg-lab ${meant} --help`
    : 'see them all: npx create-pg-lab help'
  return new UserError(`Unknown command '${word}'`, { hint })
}

/** `error: unknown option '--instal'\n(Did you mean --install?)` in our own form. */
function asUserError({ message, code }: CommanderError, argv: readonly string[]): UserError {
  if (code === 'commander.unknownCommand') return unknownCommand(/'(.*?)'/.exec(message)?.[1] ?? '')
  const [first = '', suggestion] = message.replace(/^error: /, '').split('\n')
  const sentence = first.charAt(0).toUpperCase() + first.slice(1)
  const [name] = argv.filter((word) => VERBS.some((verb) => verb.name === word))
  const help = quoteForShell(['npx', 'create-pg-lab', ...(name ? [name] : []), '--help'])
  return new UserError(sentence, {
    hint: suggestion?.replace(/^\(Did (.*)\)$/, 'did $1') ?? `see what it takes: ${help}`,
  })
}

/** `--help` and `config` start no program: what starts one takes as long to load as all the rest of them. */
function runnerWhenNeeded(): Runner {
  let runner: Promise<Runner> | undefined
  return async (command) => {
    runner ??= import('./tools/process/run.ts').then(({ createRunner }) => createRunner())
    return (await runner)(command)
  }
}

const CALL = 'npx create-pg-lab'

/** What we tell to type has to work here: from a tarball or a clone, with nothing installed, npx would ask a registry. */
function calling<Stream extends NodeJS.WriteStream>(call: string, stream: Stream): Stream {
  if (call === CALL) return stream
  const inPlaceOf = (text: unknown) => (typeof text === 'string' ? text.replaceAll(CALL, call) : text)
  const write = (text: unknown, ...rest: unknown[]) =>
    Reflect.apply(stream.write, stream, [inPlaceOf(text), ...rest])
  return new Proxy(stream, {
    get: (target, name) => (name === 'write' ? write : Reflect.get(target, name, target)),
  })
}

/** The process is this program: from its words to its exit code. */
export async function runProgram(argv: readonly string[]): Promise<void> {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error // `create-pg-lab verify | head` is no error
  })
  const { stdin, env } = process
  const cwd = process.cwd()
  const call = quoteForShell(callFrom(cwd))
  process.exitCode = await main(argv, {
    stdin,
    stdout: calling(call, process.stdout),
    stderr: calling(call, process.stderr),
    env,
    cwd,
    run: runnerWhenNeeded(),
  })
}

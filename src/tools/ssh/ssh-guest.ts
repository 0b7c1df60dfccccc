import { CommandError } from '../../errors.ts'
import type { LabNode } from '../../lab.ts'
import { LAB_FILES } from '../../lab-files.ts'
import { quoteForShell } from '../process/quote.ts'
import type { Command, Output, Runner } from '../runner.ts'
import type { Database, Guest, ShellOptions } from './guest-contract.ts'
import { BARE_ANSWERS, bounded, CONNECT_S, processS, STATEMENT_S, sessionSql } from './psql-session.ts'
import { controlFolder } from './ssh-config.ts'

/** ssh's own exit code when it did not get through. */
const UNREACHABLE = 255

/** ssh itself, when two at once want to open the connection they then share: the command knows nothing of it. */
const SHARING_WORDS = /^(?:ControlSocket |mux_client_).*\r?\n/gm

/** A login user's own files (~/.bashrc, …) may print what they like before our command does: it says where it begins. */
const BEGINS = '--- pg-lab ---'
const UNTIL_IT_BEGINS = new RegExp(`^[\\s\\S]*?${BEGINS}\\r?\\n`)

/** An error ends it. SQL comes by stdin. */
const PSQL_OPTIONS = [...BARE_ANSWERS, '-v', 'ON_ERROR_STOP=1', '-d']

/** No question to a machine waits longer, unless its caller says how long it may take. */
const ANSWER_MS = 60_000

/** What `timeout` ends with when the time was up; the second where it had to kill. */
const TIME_IS_UP = [124, 137]

/** What ssh and sudo take on top of what they start. */
const AROUND_MS = 15_000

/**
 * The inside of a lab's machines.
 * @param directory the lab's folder, where its ssh_config lies
 * @param psql the program over there
 * @param logFile gets every command and its output
 */
export function createGuest({
  directory,
  run,
  psql: program,
  logFile,
}: {
  readonly directory: string
  readonly run: Runner
  readonly psql: string
  readonly logFile?: string
}): Guest {
  /** @throws CommandError that says what was asked of whom, and how long, when no answer came */
  const inTime = async (
    node: LabNode,
    argv: readonly string[],
    timeoutMs: number,
    command: Command,
  ): Promise<Output> => {
    try {
      return await run({ ...command, timeoutMs })
    } catch (error) {
      if (error instanceof CommandError && error.timedOut) throw tooLate(node, argv, timeoutMs, error)
      throw error
    }
  }

  const shell = async (
    node: LabNode,
    argv: readonly string[],
    options: ShellOptions = {},
  ): Promise<Output> => {
    controlFolder()
    const command = sshCommand(node.name, argv, options.as)
    const sent = sentCommand(node.name, argv, options.as, `echo '${BEGINS}'; `)
    const terminal = options.endWithUs ? ['-tt'] : []
    const { onLine, timeoutMs = ANSWER_MS } = options
    const output = await inTime(node, argv, timeoutMs, {
      file: sent.file,
      args: [...terminal, ...sent.args],
      cwd: directory,
      expectExit: 'any',
      ...(options.stdin === undefined ? {} : { stdin: options.stdin }),
      ...(onLine ? { onLine: ownLines(onLine) } : {}),
      ...(logFile === undefined || options.unlogged ? {} : { logFile }),
    })
    if (output.exitCode === UNREACHABLE) throw unreachable(node, command, output, logFile)
    return {
      ...output,
      stdout: output.stdout.replace(UNTIL_IT_BEGINS, ''),
      stderr: output.stderr.replaceAll(SHARING_WORDS, ''),
    }
  }

  const psql = async (
    node: LabNode,
    sql: string,
    database: Database,
    timeoutMs = processS(STATEMENT_S) * 1000 + AROUND_MS,
  ): Promise<string> => {
    const argv = bounded([program, ...connection(database)])
    const output = await shell(node, argv, { as: 'postgres', stdin: sessionOf(database) + sql, timeoutMs })
    if (output.exitCode !== 0) throw refused(node, sshCommand(node.name, argv, 'postgres'), output, logFile)
    return output.stdout
  }

  return {
    shell,
    rows: async <Row>(
      node: LabNode,
      sql: string,
      database: Database = 'postgres',
      limits: { readonly timeoutMs?: number } = {},
    ) => JSON.parse(await psql(node, asJson(sql), database, limits.timeoutMs)) as readonly Row[],
    execute: async (node, sql, database = 'postgres') => {
      await psql(node, sql, database)
    },
  }
}

/** Hands on what the command itself prints. */
function ownLines(onLine: (line: string) => void): NonNullable<Command['onLine']> {
  let hasBegun = false
  return (line, stream) => {
    if (stream !== 'stdout') return
    if (hasBegun) onLine(line)
    else hasBegun = line.trimEnd().endsWith(BEGINS)
  }
}

/** The rows of a query as one JSON array. A comment at the query's end must not swallow our bracket. */
function asJson(sql: string): string {
  const query = sql.trim().replace(/;$/, '')
  return `SELECT coalesce(json_agg(row_to_json(q)), '[]') FROM (\n${query}\n) q;\n`
}

/** A superuser in a database of its own; in somebody's, that one: what is in there must not run as a superuser. */
function connection(database: Database): readonly string[] {
  if (typeof database === 'string') return [...PSQL_OPTIONS, connectionString(database)]
  return [...PSQL_OPTIONS, connectionString(database.name), '-U', database.owner]
}

function sessionOf(database: Database): string {
  return typeof database === 'string' ? sessionSql() : sessionSql({ as: 'owner' })
}

/** A name that looks like `key=value` or an URI would be read as a whole connection string. */
function connectionString(database: string): string {
  if (/^\w+$/.test(database)) return database
  return `dbname='${database.replace(/[\\']/g, '\\$&')}'`
}

/**
 * ssh hands all its words to the remote shell as one string: they are quoted for it, and arrive as they were.
 * @param as user to act as; it works from `/`, for it may not look into the login user's home
 */
function sshCommand(
  host: string,
  argv: readonly string[],
  as?: ShellOptions['as'],
): Pick<Command, 'file' | 'args'> {
  return sshTo(host, lineOf(argv, as))
}

/**
 * The same as it is sent, for whatever login shell is there.
 * @param before goes to that shell in front of it
 */
export function sentCommand(
  host: string,
  argv: readonly string[],
  as?: ShellOptions['as'],
  before = '',
): Pick<Command, 'file' | 'args'> {
  return sshTo(host, before + forAnyShell(lineOf(argv, as)))
}

function sshTo(host: string, line: string): Pick<Command, 'file' | 'args'> {
  return { file: 'ssh', args: ['-F', LAB_FILES.sshConfig.path, host, '--', line] }
}

function lineOf(argv: readonly string[], as: ShellOptions['as']): string {
  return as === undefined ? quoteForShell(argv) : `cd / && exec ${quoteForShell(asUser(as, argv))}`
}

/**
 * The login shell reads the line, whichever it is: within single quotes csh takes `!` and a new line for its own, and fish
 * a backslash. Where there is one, it gets a line that all of them read alike, and sh the real one. Each shell gives way
 * to the command (exec): some end their whole group, and the way back must not go with it.
 */
function forAnyShell(line: string): string {
  if (/^[ -~]*$/.test(line) && !/[\\!]/.test(line.replaceAll("'\\''", ''))) return line
  const command = line.startsWith('cd / && exec ') ? line : `exec ${line}`
  return `exec sh -c 'eval "$(echo ${Buffer.from(command).toString('base64')} | base64 -d)"'`
}

/** `-n`: never ask for a password. `-H`: the user's own home, where .pgpass is. */
function asUser(user: string, argv: readonly string[]): readonly string[] {
  return ['sudo', '-n', '-H', ...(user === 'root' ? [] : ['-u', user]), '--', ...argv]
}

function unreachable(
  node: LabNode,
  command: Pick<Command, 'file' | 'args'>,
  output: Output,
  logFile: string | undefined,
): CommandError {
  const lines = filledLines(output.stderr)
  return new CommandError(`${node.name} cannot be reached: ${lines.at(-1) ?? 'ssh gave no reason'}`, {
    command: quoteForShell([command.file, ...command.args]),
    exitCode: output.exitCode,
    lastLines: lines,
    logFile,
    hint: reachHint(output.stderr),
  })
}

function reachHint(stderr: string): string {
  if (/Host key verification failed|REMOTE HOST IDENTIFICATION HAS CHANGED/.test(stderr)) {
    return `It shows another host key than the known one. If you gave a machine of the lab a new one: rm ${LAB_FILES.knownHosts.path}. For a server of your own compare the fingerprint (ssh-keyscan HOST | ssh-keygen -lf -), then write it to known_hosts.`
  }
  if (/Permission denied \(/.test(stderr))
    return 'It takes another user or key: see user and key in cluster.config.ts.'
  return 'Run `npx create-pg-lab up`: it starts what is not running. `npx create-pg-lab doctor` looks for other causes.'
}

/** Whoever does not answer in time may be well, loaded or hung: it is not taken for one that is not there. */
function tooLate(
  { name }: LabNode,
  argv: readonly string[],
  timeoutMs: number,
  error: CommandError,
): CommandError {
  const asked = quoteForShell(argv).replace(/\s+/g, ' ')
  return new CommandError(`${name} did not answer within ${timeoutMs / 1000} s`, {
    command: error.command,
    lastLines: [...error.lastLines, `asked: ${asked.length > 100 ? `${asked.slice(0, 99)}…` : asked}`],
    logFile: error.logFile,
    hint: `It is up, but loaded or hung. Its processes (D: waits for the disk, T: was stopped): npx create-pg-lab ssh ${name} -- ps -eo pid,stat,etime,args`,
    timedOut: true,
    cause: error,
  })
}

/** psql ends with 2 when it gets no connection, with 3 when a statement fails. */
function refused(
  node: LabNode,
  command: Pick<Command, 'file' | 'args'>,
  output: Output,
  logFile: string | undefined,
): CommandError {
  const lines = filledLines(output.stderr)
  if (isTooLate(output)) return noAnswer(node, command, output, logFile)
  const error = lines.find((line) => /\b(ERROR|FATAL|error):/.test(line)) ?? lines[0] ?? 'psql failed'
  return new CommandError(`${node.name}: ${error.replace(/^.*?\b(ERROR|FATAL|error):\s+/, '')}`, {
    command: quoteForShell([command.file, ...command.args]),
    exitCode: output.exitCode,
    lastLines: lines,
    logFile,
    hint: psqlHint(node, output),
  })
}

/** A server that hangs takes a connection, or a statement, and says nothing. */
function isTooLate({ exitCode, stderr }: Output): boolean {
  return TIME_IS_UP.includes(exitCode) || /timeout expired\s*$|due to statement timeout/m.test(stderr)
}

function noAnswer(
  { name }: LabNode,
  command: Pick<Command, 'file' | 'args'>,
  { exitCode, stderr }: Output,
  logFile: string | undefined,
): CommandError {
  const seconds = exitCode === 2 ? CONNECT_S : exitCode === 3 ? STATEMENT_S : processS(STATEMENT_S)
  const who = exitCode === 2 ? 'let nobody in' : 'did not answer'
  const processes = `npx create-pg-lab ssh ${name} -- ps -C postgres -o pid,stat,etime,args`
  return new CommandError(`${name}: PostgreSQL ${who} within ${seconds} s`, {
    command: quoteForShell([command.file, ...command.args]),
    exitCode,
    lastLines: filledLines(stderr),
    logFile,
    hint: `It is up, but loaded, locked or hung. Its processes (D: waits for the disk, T: was stopped): ${processes}`,
    timedOut: true,
  })
}

function psqlHint(node: LabNode, { exitCode, stderr }: Output): string | undefined {
  if (/unknown user|not found/.test(stderr))
    return 'PostgreSQL is not installed there yet: run `npx create-pg-lab up`.'
  if (exitCode !== 2) return undefined
  return `Is PostgreSQL running there? What it wrote to its log: npx create-pg-lab logs ${node.name}`
}

function filledLines(text: string): readonly string[] {
  return text.split('\n').filter((line) => line.trim() !== '')
}

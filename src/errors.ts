/** Exit codes of every command. `docs/` and `--help` promise them. */
export const EXIT = {
  ok: 0,
  /** The cluster is not what the config asks for. */
  failedFindings: 1,
  /** The user's input is wrong. */
  userError: 2,
  /** vagrant, ansible, docker … failed. */
  commandError: 3,
  /** Our own bug (EX_SOFTWARE of sysexits.h). */
  internal: 70,
  /** Interrupted by a signal (128 + SIGINT). */
  interrupted: 130,
} as const

/** One thing that is wrong with the user's input, and what to do about it. */
export interface Problem {
  /** Where: a config path (`slaves[1].address`), a flag, a file. */
  readonly path: string
  /** What is wrong, with the value that was given. */
  readonly message: string
  /** What is allowed, or what to type. */
  readonly hint?: string
  /** Where that stands in a file, where it is known: `cluster.config.ts:7:13`. */
  readonly at?: string
  /** The lines around that place with a caret under it, as `at` is known. */
  readonly frame?: string
}

/** The user's input is wrong. Shown without a stack; exit code 2. */
export class UserError extends Error {
  readonly problems: readonly Problem[]
  readonly hint: string | undefined

  /** @param message what is wrong  @param hint what to type  @param problems all single problems, when there are several */
  constructor(
    message: string,
    options: { hint?: string; problems?: readonly Problem[]; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause })
    this.name = 'UserError'
    this.hint = options.hint
    this.problems = options.problems ?? []
  }
}

/** A tool we started failed. Shown with the command to paste, its last lines, the cause and the log; exit code 3. */
export class CommandError extends Error {
  /** The command as one line that can be pasted into a shell. */
  readonly command: string
  readonly exitCode: number | undefined
  /** The last lines of its output, escape sequences removed. */
  readonly lastLines: readonly string[]
  readonly logFile: string | undefined
  /** The cause in plain words, where it is known. */
  readonly hint: string | undefined
  /** What to type to go on, where it is not the same command again. */
  readonly goOn: string | undefined
  /** It was there, but did not end in the time it was given. */
  readonly timedOut: boolean

  constructor(
    message: string,
    details: {
      command: string
      exitCode?: number | undefined
      lastLines?: readonly string[]
      logFile?: string | undefined
      hint?: string | undefined
      goOn?: string | undefined
      timedOut?: boolean | undefined
      cause?: unknown
    },
  ) {
    super(message, { cause: details.cause })
    this.name = 'CommandError'
    this.command = details.command
    this.exitCode = details.exitCode
    this.lastLines = details.lastLines ?? []
    this.logFile = details.logFile
    this.hint = details.hint
    this.goOn = details.goOn
    this.timedOut = details.timedOut ?? false
  }
}

/** A program on a machine ended with another exit code than 0, and said why. */
export function programFailed(
  message: string,
  command: string,
  { exitCode, stderr }: { readonly exitCode: number | undefined; readonly stderr: string },
): CommandError {
  return new CommandError(message, { command, exitCode, lastLines: stderr.trim().split('\n') })
}

/** A signal (Ctrl-C, TERM) ended the work. Exit code 130. */
export class Interrupted extends Error {
  readonly signal: NodeJS.Signals
  /** What is left behind, one sentence each. */
  readonly left: readonly string[]
  /** What to type to go on, where it is not the same command again. */
  readonly goOn: string | undefined

  constructor(signal: NodeJS.Signals, left: readonly string[] = [], goOn?: string) {
    super(`Interrupted by ${signal}`)
    this.name = 'Interrupted'
    this.signal = signal
    this.left = left
    this.goOn = goOn
  }
}

const DISK_TROUBLE = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'EDQUOT'])

/** The user's disk, not our bug: no right to write, read-only, full. */
export function isDiskTrouble(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && DISK_TROUBLE.has((error as NodeJS.ErrnoException).code ?? '')
}

/** @param place the folder or file */
export function cannotWrite(place: string, cause: Error): UserError {
  return new UserError(`Cannot write to ${place}: ${cause.message}`, {
    hint: 'make the folder writable for you, or free some space, then run the command again',
    cause,
  })
}

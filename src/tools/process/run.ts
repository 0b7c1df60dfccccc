import { existsSync } from 'node:fs'
import { constants } from 'node:os'
import { basename, delimiter, join } from 'node:path'
import type { ExecaMethod, Options, Result, ResultPromise } from 'execa'
import { CommandError } from '../../errors.ts'
import type { Command, Output, Runner } from '../runner.ts'
import { type Capture, capture } from './capture.ts'
import { LADDER, type Ladder, signalGroup, stopGroup } from './groups.ts'
import { recordGroup } from './lab-lock.ts'
import { openLog } from './logs.ts'
import { quoteForShell } from './quote.ts'
import { throwIfInterrupted, watch } from './signals.ts'

/** A background process may inherit the pipes of the one we started: after its exit we listen this long, then stop. */
const QUIET_MS = 500

/** Tools speak English, and to a file: whatever forces colours on them is taken out. */
const TOOL_ENV: Readonly<Record<string, string | undefined>> = {
  LC_ALL: process.platform === 'darwin' ? 'en_US.UTF-8' : 'C.UTF-8', // ansible insists on UTF-8; macOS has no C.UTF-8
  LANGUAGE: undefined,
  FORCE_COLOR: undefined,
  CLICOLOR_FORCE: undefined,
  ANSIBLE_FORCE_COLOR: undefined,
  PY_COLORS: undefined,
}

/**
 * Makes the runner of one program run.
 * Each tool gets a process group of its own, so that a signal reaches its children too: the first Ctrl-C stops it with
 * INT, then TERM, then KILL and rejects with Interrupted; a second one kills at once; our own exit takes all with it.
 * @param ladder how long each signal is given before the next, in ms
 */
export function createRunner(ladder: Ladder = LADDER): Runner {
  return (command) => (command.interactive ? runInTerminal(command) : runCaptured(command, ladder))
}

/** @returns whether PATH leads to a program of this name */
export function isOnPath(program: string): boolean {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, program)))
}

/** The command as a person would type it from where we are. */
function pasteable({ file, args, cwd }: Command): string {
  const line = quoteForShell([file, ...args])
  return cwd === undefined || cwd === process.cwd() ? line : `cd ${quoteForShell([cwd])} && ${line}`
}

async function runCaptured(command: Command, ladder: Ladder): Promise<Output> {
  const { execa } = await import('execa')
  const log = command.logFile === undefined ? undefined : openLog(command.logFile)
  log?.write(`\n# ${new Date().toISOString()}\n$ ${pasteable(command)}\n`)
  const group = startedGroup(ladder)
  const release = watch({ interrupt: group.stop, kill: group.kill }) // before the start: no signal finds it alone
  const timer = command.timeoutMs === undefined ? undefined : setTimeout(group.stop, command.timeoutMs)
  try {
    const child = start(execa, command, {
      detached: process.platform !== 'win32', // leads a group, and has no terminal to ask for a password on
      stdio: ['pipe', 'pipe', 'pipe', ...(command.onLine ? (['pipe'] as const) : [])],
      input: command.stdin ?? '',
      env: { ...TOOL_ENV, ...command.env },
    })
    group.lead(child.pid)
    recordGroup(child.pid)
    const output = capture(child, log, command.onLine)
    child.once('exit', () => void group.stopped().then(() => closePipes(child, output)))
    const result = await child
    await group.stopped()
    output.end()
    throwIfInterrupted()
    if (group.isStopped()) throw failure(command, tookTooLong(command), { ...result, timedOut: true }, output)
    return judge(command, result, output)
  } finally {
    clearTimeout(timer)
    release()
    log?.close()
  }
}

/** Our terminal becomes the child's; it stays in our process group, so that Ctrl-C is its own. */
async function runInTerminal(command: Command): Promise<Output> {
  const { execa } = await import('execa')
  let child: ResultPromise | undefined
  const release = watch({
    foreground: true,
    interrupt: (signal) => void child?.kill(signal),
    kill: () => void child?.kill('SIGKILL'),
  })
  try {
    child = start(execa, command, { stdio: 'inherit', env: { ...command.env } })
    const result = await child
    throwIfInterrupted()
    return judge(command, result, undefined)
  } finally {
    release()
  }
}

function start(execa: ExecaMethod, command: Command, options: Options): ResultPromise {
  if (command.cwd !== undefined && !existsSync(command.cwd)) {
    throw failure(command, `cannot start: the folder ${command.cwd} does not exist`)
  }
  const all: Options = {
    ...options,
    ...(command.cwd === undefined ? {} : { cwd: command.cwd }),
    buffer: false, // we read the streams ourselves
    encoding: 'buffer',
    reject: false,
    cleanup: false, // signals.ts does that, for whole groups
  }
  return execa(command.file, command.args, all)
}

/** The group of a process about to start. It walks down the ladder once, whoever asks first: a signal or the clock. */
function startedGroup(ladder: Ladder) {
  let leader: number | undefined
  let stopping: Promise<void> | undefined
  return {
    lead: (pid: number | undefined) => {
      leader = pid
    },
    stop: () => {
      if (leader !== undefined) stopping ??= stopGroup(leader, ladder)
    },
    kill: () => {
      if (leader !== undefined) signalGroup(leader, 'SIGKILL')
    },
    isStopped: () => stopping !== undefined,
    stopped: async () => stopping,
  }
}

async function closePipes(child: ResultPromise, output: Capture): Promise<void> {
  await output.quietFor(QUIET_MS)
  for (const stream of child.stdio) stream?.destroy()
}

/** Result or error: what the end of a process means. */
function judge(command: Command, result: Result, output: Capture | undefined): Output {
  if (result.exitCode === undefined && result.signal === undefined) throw notStarted(command, result)
  const exitCode = result.exitCode ?? 128 + constants.signals[result.signal as NodeJS.Signals]
  if (exitCode !== 0 && command.expectExit !== 'any') {
    const end =
      result.signal === undefined ? `failed with exit code ${exitCode}` : `was ended by ${result.signal}`
    throw failure(command, end, result, output)
  }
  if (output?.isCut()) throw failure(command, 'printed more than 16 MB', result, output)
  return {
    exitCode,
    stdout: output?.stdout() ?? '',
    stderr: output?.stderr() ?? '',
    durationMs: result.durationMs,
  }
}

function notStarted(command: Command, { code, cause }: Result): CommandError {
  if (code !== 'ENOENT') return failure(command, `cannot start (${code})`, { cause })
  return new CommandError(`${command.file} is not installed, or not on PATH`, {
    command: pasteable(command),
    logFile: command.logFile,
    hint: 'see what is missing and how to install it: npx create-pg-lab doctor',
    cause,
  })
}

function failure(
  command: Command,
  end: string,
  ended: { exitCode?: number | undefined; timedOut?: boolean; cause?: unknown } = {},
  output?: Capture,
): CommandError {
  return new CommandError(`${basename(command.file)} ${end}`, {
    command: pasteable(command),
    exitCode: ended.exitCode,
    lastLines: output?.lastLines() ?? [],
    logFile: command.logFile,
    timedOut: ended.timedOut,
    cause: ended.cause,
  })
}

function tookTooLong({ timeoutMs = 0 }: Command): string {
  return `took longer than ${timeoutMs / 1000} s and was stopped`
}

/** A process to start. */
export interface Command {
  readonly file: string
  readonly args: readonly string[]
  readonly cwd?: string
  /** Added to our own environment; `undefined` takes a variable out of it. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Written to its standard input, which is empty otherwise. */
  readonly stdin?: string
  /** Ends the process group when it takes longer. Without it there is no limit. */
  readonly timeoutMs?: number
  /** Every byte it prints is appended to this file. */
  readonly logFile?: string
  /** Called for each full line it prints; `events` is file descriptor 3, opened only when this is given. */
  readonly onLine?: (line: string, stream: 'stdout' | 'stderr' | 'events') => void
  /** `any`: a non-zero exit is a result. `zero` (the default): it is a CommandError. */
  readonly expectExit?: 'zero' | 'any'
  /** Gives the process our terminal (ssh, psql): nothing is captured. */
  readonly interactive?: boolean
}

export interface Output {
  /** 128 + the signal's number when a signal ended it. */
  readonly exitCode: number
  /** The last 16 MB when a log has the whole. */
  readonly stdout: string
  readonly stderr: string
  readonly durationMs: number
}

/**
 * The only way to start a process; injected everywhere, so that tests replace it and no module is mocked.
 * @throws CommandError when the tool is missing, fails (see `expectExit`) or times out; Interrupted after a signal
 */
export type Runner = (command: Command) => Promise<Output>

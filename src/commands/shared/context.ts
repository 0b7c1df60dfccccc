import type { Paint } from '../../paint.ts'
import type { Runner } from '../../tools/runner.ts'

type OutputStream = NodeJS.WritableStream & {
  readonly isTTY?: boolean | undefined
  readonly columns?: number | undefined
}

/** The world outside, as `main` gets it; tests hand in their own. */
export interface Io {
  readonly stdin: { readonly isTTY?: boolean | undefined }
  readonly stdout: OutputStream
  readonly stderr: OutputStream
  readonly env: NodeJS.ProcessEnv
  readonly cwd: string
  readonly run: Runner
}

/** What every command is given. */
export interface Context extends Io {
  /** The folder from which the config is looked for, upwards. */
  readonly directory: string
  /** `--config`, relative to `directory`. */
  readonly configPath: string | undefined
  /** Colours of stdout. */
  readonly paint: Paint
  /** Writes lines to stdout. */
  print(text: string): void
  /**
   * Called with the lab's folder before anything of it is touched: a command that changes the lab is the only one that
   * does, until its end.
   * @throws UserError when another one is at work there
   */
  claim(directory: string): Promise<void>
}

/** A person can be asked. */
export function canAsk({ stdin, stdout }: Io): boolean {
  return stdin.isTTY === true && stdout.isTTY === true
}

import { spawnSync } from 'node:child_process'
import { setTimeout as wait } from 'node:timers/promises'

/** What a command left on the screen. */
export interface Typed {
  /** All of it, from the line below the command on, with lines joined that the terminal has wrapped. */
  readonly shown: string
  readonly status: number
}

/** A part of what a program asks, and the keys that answer it, as tmux names them. */
export type Answer = readonly [question: string, ...keys: string[]]

/** A person's terminal: bash in tmux, of a fixed size, where all is typed and read. */
export class Terminal {
  readonly #socket: string

  /** @param name no other terminal of the tests has it */
  constructor(
    name: string,
    {
      columns,
      rows,
      cwd,
      env,
    }: {
      readonly columns: number
      readonly rows: number
      readonly cwd: string
      readonly env: Readonly<Record<string, string>>
    },
  ) {
    this.#socket = `pg-lab-test-${name}`
    const prompt = '[\\#:$?]$ ' // the number of the command to come, and how the last one ended
    const words = Object.entries({ ...env, PS1: prompt }).map(([key, value]) => `${key}=${value}`)
    const shell = ['env', '-u', 'CI', ...words, 'bash', '--norc', '--noprofile']
    const size = ['-x', String(columns), '-y', String(rows)]
    // An option that is to hold for a window has to be set before there is one.
    const { status, stderr } = spawnSync(
      'tmux',
      [
        ...['-L', this.#socket, '-f', '/dev/null', 'set-option', '-g', 'history-limit', '50000', ';'],
        ...['new-session', '-d', ...size, '-c', cwd, ...shell],
      ],
      { encoding: 'utf8' },
    )
    if (status !== 0) throw new Error(stderr)
  }

  #tmux(...args: string[]): string {
    return spawnSync('tmux', ['-L', this.#socket, ...args], { encoding: 'utf8' }).stdout
  }

  /** All that was shown since the last command was typed. */
  #screen(): string {
    return this.#tmux('capture-pane', '-p', '-J', '-S', '-')
  }

  async #until(isThere: (screen: string) => boolean, what: string, limitMs: number): Promise<string> {
    const end = Date.now() + limitMs
    for (;;) {
      const screen = this.#screen()
      if (isThere(screen)) return screen
      if (Date.now() > end) throw new Error(`${what} did not come within ${limitMs / 1000} s\n${screen}`)
      await wait(200)
    }
  }

  /**
   * Types a command and waits for its end.
   * @param answers to each question it asks, in their order
   */
  async type(
    command: string,
    {
      answers = [],
      limitMs = 15 * 60_000,
    }: { readonly answers?: readonly Answer[]; readonly limitMs?: number } = {},
  ): Promise<Typed> {
    await this.#until((screen) => /\[\d+:\d+\]\$ *\s*$/.test(screen), 'A prompt', 10_000)
    this.#tmux('send-keys', '-R')
    this.#tmux('clear-history')
    this.#tmux('send-keys', 'C-l')
    const [, before = ''] =
      /\[(\d+):\d+\]\$/.exec(
        await this.#until((screen) => /^\[\d+:\d+\]\$ *\s*$/.test(screen), 'An empty screen', 10_000),
      ) ?? []
    this.#tmux('send-keys', '-l', command)
    this.#tmux('send-keys', 'Enter')
    for (const [question, ...keys] of answers) {
      await this.#until((screen) => screen.includes(question), `“${question}”`, limitMs)
      this.#tmux('send-keys', ...keys)
    }
    const next = Number(before) + 1
    const ended = new RegExp(`^\\[${next}:(\\d+)\\]\\$ *\\s*$`, 'm')
    const screen = await this.#until((text) => ended.test(text), `The end of ${command}`, limitMs)
    const from = screen.indexOf('\n', screen.indexOf(command.slice(0, 20))) + 1
    const to = screen.lastIndexOf(`[${next}:`)
    return { shown: screen.slice(from, to).trimEnd(), status: Number(ended.exec(screen)?.[1]) }
  }

  close(): void {
    this.#tmux('kill-server')
  }
}

import type { Readable } from 'node:stream'
import { setTimeout as delay, setImmediate as pollOnce } from 'node:timers/promises'
import { printable } from '../../paint.ts'
import type { Command } from '../runner.ts'
import { keepBytes, keepLast, type Log, splitLines } from './logs.ts'

/** How much of each stream stays in memory: the newest part. The whole is in the log. */
const MAX_OUTPUT_BYTES = 16 * 1024 * 1024

const LAST_LINES = 20

/** What a process has printed so far. */
export interface Capture {
  stdout(): string
  stderr(): string
  /** The newest lines of both, as they came, fit to be shown. */
  lastLines(): readonly string[]
  /** More was printed than we keep, and no log has it. */
  isCut(): boolean
  /** Resolves when nothing was printed for this long. */
  quietFor(ms: number): Promise<void>
  /** Hands over unfinished last lines. */
  end(): void
}

/** Reads what a process prints: every byte goes to the log, lines go out fit to be shown, events (fd 3) as they are. */
export function capture(
  child: { readonly stdio: readonly unknown[] },
  log: Log | undefined,
  onLine: Command['onLine'],
): Capture {
  const last = keepLast(LAST_LINES)
  let newestMs = Date.now()

  const pipe = (fd: number) => child.stdio[fd] as Readable | undefined
  const read = (fd: 1 | 2, name: 'stdout' | 'stderr') => {
    const kept = keepBytes(MAX_OUTPUT_BYTES)
    const lines = splitLines((raw) => {
      const line = printable(raw)
      last.add(line)
      onLine?.(line, name)
    })
    pipe(fd)?.on('data', (bytes: Buffer) => {
      newestMs = Date.now()
      log?.write(bytes)
      kept.add(bytes)
      lines.push(bytes)
    })
    return { kept, lines }
  }
  const out = read(1, 'stdout')
  const err = read(2, 'stderr')
  const events = splitLines((line) => onLine?.(line, 'events'))
  pipe(3)?.on('data', (bytes: Buffer) => events.push(bytes))

  return {
    stdout: () => out.kept.text(),
    stderr: () => err.kept.text(),
    lastLines: () => last.items().filter((line) => line.trim() !== ''),
    isCut: () => log === undefined && (out.kept.overflowed() || err.kept.overflowed()),
    quietFor: async (ms) => {
      for (let rest = ms; rest > 0; rest = newestMs + ms - Date.now()) {
        await delay(rest, undefined, { ref: false })
        await pollOnce() // on a busy computer the clock is late: what has come meanwhile is read first
      }
    },
    end: () => {
      for (const { end } of [out.lines, err.lines, events]) end()
    },
  }
}

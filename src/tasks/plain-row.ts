import { printable } from '../paint.ts'
import { duration, type TaskRow } from './task.ts'

/** One note of a task and host in this time, the newest; the notes of another host come at once. */
const NOTE_EVERY_MS = 5_000

/**
 * Lines for logs, pipes and terminals that cannot move the cursor: no escape sequences, each line complete in itself.
 * @param path titles from the top task down to this one
 */
export function plainRow(out: NodeJS.WritableStream, path: readonly string[]): TaskRow {
  const title = path.join(' › ')
  const newestMs = new Map<string, number>()
  const waiting = new Map<string, NodeJS.Timeout>()
  const line = (mark: string, ...parts: readonly (string | undefined)[]) => {
    const text = [title, ...parts.filter(Boolean)].join(' · ')
    out.write(`${clock()}  ${mark} ${printable(text.replace(/\s+/g, ' '))}\n`)
  }
  const dropWaiting = () => {
    for (const timer of waiting.values()) clearTimeout(timer)
  }
  return {
    begin: () => line('…'),
    note: (text) => {
      const host = /^[\w.-]+(?=: )/.exec(text)?.[0] ?? ''
      const say = () => {
        newestMs.set(host, Date.now())
        line('…', text)
      }
      clearTimeout(waiting.get(host))
      const inMs = (newestMs.get(host) ?? Number.NEGATIVE_INFINITY) + NOTE_EVERY_MS - Date.now()
      if (inMs <= 0) say()
      else waiting.set(host, setTimeout(say, inMs).unref()) // What takes long is said, whatever came before it.
    },
    skip: (reason) => line('↓', reason),
    end: (result, ms) => {
      dropWaiting()
      line('✔', result, duration(ms))
    },
    fail: (ms) => {
      dropWaiting()
      line('✖', duration(ms))
    },
  }
}

/** Local time, `16:05:12`. */
function clock(): string {
  return new Date().toTimeString().slice(0, 8)
}

import { styleText } from 'node:util'
import { printable } from '../paint.ts'
import { duration, type TaskRow } from './task.ts'

const EVERY_SECOND_MS = 1_000

/** Icon, two columns of indentation, and the two that listr2 leaves free. */
const LIST_COLUMNS = 6

/** What of standard output a row needs. */
interface Terminal {
  readonly columns?: number
  hasColors?(): boolean
}

/** What of listr2's task a row needs. */
interface Titled {
  title: string | undefined
  skip(message: string): void
}

/**
 * A row of the live list: `title  12 s  slave: Install packages · 12/40`. All of it is listr2's title, cut to the
 * terminal's width there; its output lines would leak listeners with every frame.
 */
export function liveRow(task: Titled, title: string, terminal: Terminal): TaskRow {
  const dim = (text: string) =>
    text !== '' && terminal.hasColors?.() ? styleText('dim', text, { validateStream: false }) : text
  const startMs = Date.now()
  let note = ''
  const show = () => {
    const time = elapsed(Date.now() - startMs)
    const room = (terminal.columns ?? 80) - LIST_COLUMNS - `${title}  ${time}  `.length
    task.title = line(title, dim(time), cut(note, room))
  }
  const timer = setInterval(show, EVERY_SECOND_MS)
  return {
    begin: show,
    note: (text) => {
      note = printable(text.replace(/\s+/g, ' '))
      show()
    },
    skip: (reason) => {
      clearInterval(timer)
      task.skip(`${title}  ${dim(reason)}`)
    },
    end: (result, ms) => {
      clearInterval(timer)
      const rest = [result, elapsed(ms)].filter(Boolean).join(' · ')
      task.title = line(title, dim(printable(rest.replace(/\s+/g, ' '))))
    },
    fail: (ms) => {
      clearInterval(timer)
      task.title = line(title, dim(elapsed(ms)))
    },
  }
}

function line(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join('  ')
}

/** Under a second there is nothing to show. */
function elapsed(ms: number): string {
  return ms < EVERY_SECOND_MS ? '' : duration(ms)
}

/** Cuts a note to so many columns, but not the count at its end: `slave: Install pack… · 12/40`. */
function cut(note: string, columns: number): string {
  if (note.length <= columns) return note
  const count = / · \d+\/\d+$/.exec(note)?.[0] ?? ''
  return `${note.slice(0, Math.max(0, columns - count.length - 1)).trimEnd()}…${count}`
}

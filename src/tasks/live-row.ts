import { styleText } from 'node:util'
import { printable } from '../tools/logs.ts'
import { duration, type Row } from './task.ts'

const EVERY_SECOND_MS = 1_000

/** What of listr2's task a row needs. */
interface Titled {
  title: string | undefined
  skip(message: string): void
}

/**
 * A row of the live list: `title  12 s  slave: Install packages · 12/40`. All of it is listr2's title, cut to the
 * terminal's width there; its output lines would leak listeners with every frame.
 */
export function liveRow(task: Titled, title: string, colours: boolean): Row {
  const dim = (text: string) => (colours ? styleText('dim', text, { validateStream: false }) : text)
  const startMs = Date.now()
  let note = ''
  const show = () => {
    const elapsedMs = Date.now() - startMs
    const time = elapsedMs < EVERY_SECOND_MS ? '' : dim(duration(elapsedMs))
    task.title = [title, time, note].filter((part) => part !== '').join('  ')
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
      const rest = [result, duration(ms)].filter(Boolean).join(' · ')
      task.title = `${title}  ${dim(printable(rest))}`
    },
    fail: (ms) => {
      clearInterval(timer)
      task.title = `${title}  ${dim(duration(ms))}`
    },
  }
}

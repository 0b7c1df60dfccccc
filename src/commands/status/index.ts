import { ReadStream } from 'node:tty'
import { stripVTControlCharacters } from 'node:util'
import { isRunning, type OpenDrill, readOpenDrill } from '../../drills/rehearsal/open-drill.ts'
import { EXIT, Interrupted } from '../../errors.ts'
import { type Survey, surveyLab } from '../../observe/status.ts'
import { pause } from '../../tools/process/signals.ts'
import type { Guest } from '../../tools/ssh/guest-contract.ts'
import { psqlProgram } from '../../tools/ssh/psql-session.ts'
import type { Context } from '../shared/context.ts'
import { envelope, forMachines } from '../shared/envelope.ts'
import { openSession, type Session, titleOf, verifyIsUp } from '../shared/session.ts'
import { widthOf } from '../shared/table.ts'
import { type LagHistory, remember } from './history.ts'
import { showStatus } from './screen.ts'

interface StatusOptions {
  readonly watch?: true
  readonly json?: true
}

/** Its keys: q, and Ctrl-C. */
const QUIT = 'qQ\x03'

/** From one look to the next. */
const LOOK_EVERY_MS = 1_000

const WIDTH = 80

/**
 * `create-pg-lab status`: what each host says of itself, on one screen. Whether it is what the config asks for is
 * `verify`'s to say.
 * @returns 1 when a host is down, or not exactly one is primary
 */
export async function status(context: Context, options: StatusOptions): Promise<number> {
  const session = await openSession(context)
  verifyIsUp(session)
  const guest = await silentGuest(session)
  if (options.watch) return watchStatus(session, guest, options.json === true)
  const survey = await surveyLab(session.lab, guest)
  context.print(options.json ? JSON.stringify(statusData(survey), null, 2) : screen(session, { survey }))
  return survey.primary !== undefined && survey.nodes.every(({ ok }) => ok) ? EXIT.ok : EXIT.failedFindings
}

function statusData({ lab, at, ...survey }: Survey): object {
  return { ...envelope('status', lab, forMachines(survey) as object), at }
}

/** Its looks go into no log: a watched lab would fill the disk with them. */
async function silentGuest({ directory, context, lab }: Session): Promise<Guest> {
  const { createGuest } = await import('../../tools/ssh/ssh-guest.ts')
  return createGuest({ directory, run: context.run, psql: psqlProgram(lab) })
}

/** Looks again and again, until q or Ctrl-C. */
async function watchStatus(session: Session, guest: Guest, isJson: boolean): Promise<number> {
  const { context, lab } = session
  const isScreen = context.stdout.isTTY === true && !isJson
  let history: LagHistory = new Map()
  const key = isScreen ? untilQuit(context.stdin) : undefined
  if (isScreen) context.stdout.write(ENTER_SCREEN)
  try {
    while (!key?.isPressed()) {
      const started = Date.now()
      const survey = await surveyLab(lab, guest)
      history = remember(history, survey)
      if (isJson) context.print(JSON.stringify(statusData(survey)))
      else show(session, isScreen, { survey, history })
      const rest = pause(Math.max(0, LOOK_EVERY_MS - (Date.now() - started)))
      await (key ? Promise.race([rest, key.pressed]) : rest)
    }
    return EXIT.ok
  } catch (error) {
    if (error instanceof Interrupted) return EXIT.ok // that is how a watch ends
    throw error
  } finally {
    key?.release()
    if (isScreen) context.stdout.write(LEAVE_SCREEN)
  }
}

/** The terminal hands over each key as it is pressed; Ctrl-C too, which is no signal then. */
function untilQuit(stdin: Context['stdin']) {
  if (!(stdin instanceof ReadStream)) return undefined
  let isOver = false
  let resolve = () => {}
  const pressed = new Promise<void>((done) => {
    resolve = done
  })
  const onKey = (keys: Buffer) => {
    if (![...QUIT].some((one) => keys.includes(one))) return
    isOver = true
    resolve()
  }
  stdin.setRawMode(true).on('data', onKey).resume()
  const release = () => stdin.off('data', onKey).setRawMode(false).pause()
  return { pressed, isPressed: () => isOver, release }
}

// The terminal's second screen: what was there before comes back.
const ENTER_SCREEN = '\x1b[?1049h\x1b[?25l'
const LEAVE_SCREEN = '\x1b[?25h\x1b[?1049l'
const HOME = '\x1b[H'
const CLEAR_LINE = '\x1b[K'
const CLEAR_BELOW = '\x1b[J'

interface Shown {
  readonly survey: Survey
  readonly history?: LagHistory
}

function show(session: Session, isScreen: boolean, shown: Shown): void {
  const { context } = session
  const text = screen(session, shown)
  if (!isScreen) {
    context.print(`${text}\n`)
    return
  }
  const { rows = 24, columns = WIDTH } = context.stdout as {
    readonly rows?: number
    readonly columns?: number
  }
  const lines = firstRows(text.split('\n'), rows - 1, columns)
  context.stdout.write(`${HOME}${lines.map((line) => `${line}${CLEAR_LINE}`).join('\r\n')}${CLEAR_BELOW}`)
}

/** As many lines as there is room for; one that is longer than the terminal takes several rows. */
function firstRows(lines: readonly string[], rows: number, columns: number): readonly string[] {
  let left = rows
  return lines.filter((line) => {
    left -= Math.max(1, Math.ceil(stripVTControlCharacters(line).length / columns))
    return left >= 0
  })
}

function screen({ context, directory, lab }: Session, { survey, history }: Shown): string {
  const table = showStatus(survey, {
    paint: context.paint,
    width: Math.max(40, widthOf(context.stdout)),
    title: titleOf(lab),
    ...(history ? { history } : {}),
  })
  const state = readOpenDrill(directory)
  if (!state) return table
  return `${table}\n\n${context.paint('yellow', '!')} ${drillWords(state)}`
}

/** A drill explains what else would be an alarm. */
function drillWords(state: OpenDrill): string {
  if (isRunning(state)) return `The drill ${state.drill} is running: ${state.step}`
  if (state.kept)
    return `The drill ${state.drill} waits for your repair: npx create-pg-lab drill hint, check or repair`
  return `The drill ${state.drill} was cut off (${state.step}). Repair the lab: npx create-pg-lab drill repair`
}

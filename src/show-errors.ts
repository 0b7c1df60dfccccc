import { CommandError, EXIT, Interrupted, type Problem, UserError } from './errors.ts'
import { type Paint, printable } from './paint.ts'

/** What an error's page says beside the error. */
export interface ErrorContext {
  readonly paint: Paint
  /** The command that goes on from here: `npx create-pg-lab up`. */
  readonly again: string
  readonly versions: string
  /** Where a bug is reported. */
  readonly reportTo: string
}

/** The exit code of an error's family. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof UserError) return EXIT.userError
  if (error instanceof CommandError) return EXIT.commandError
  if (error instanceof Interrupted) return EXIT.interrupted
  return EXIT.internal
}

/** An error, as the person in front of the screen gets it. Ends with a line end. */
export function showError(error: unknown, context: ErrorContext): string {
  return `${linesOfError(error, context).join('\n')}\n`
}

function linesOfError(error: unknown, context: ErrorContext): readonly string[] {
  if (error instanceof UserError) return userError(error, context)
  if (error instanceof CommandError) return commandError(error, context)
  if (error instanceof Interrupted) return interrupted(error, context)
  return bug(error, context)
}

function headline(mark: string, text: string, paint: Paint): string {
  return `${mark} ${paint('bold', printable(text))}`
}

function userError({ message, hint, problems }: UserError, { paint }: ErrorContext): readonly string[] {
  const [first, second] = problems
  const frame = second ? oneLineFrame : wholeFrame
  const lines = problems.flatMap((problem) => [problemLine(problem, paint), ...frame(problem)])
  if (lines.at(-1) === '') lines.pop()
  return [
    headline(paint('red', '✖'), message, paint),
    ...(first ? ['', ...lines.map((line) => `  ${line}`.trimEnd())] : []),
    ...(hint ? ['', ...hintLines(hint, paint)] : []),
  ]
}

function wholeFrame({ frame }: Problem): readonly string[] {
  return frame ? ['', ...printable(frame).split('\n')] : []
}

/** Of several problems each has its own line and the caret, without the lines around. */
function oneLineFrame({ frame = '' }: Problem): readonly string[] {
  const lines = printable(frame).split('\n')
  const at = lines.findIndex((line) => line.startsWith('>'))
  return at === -1 ? [] : [...lines.slice(at, at + 2).map((line) => line.replace(/^>/, ' ')), '']
}

/** A hint may have several lines. */
function hintLines(hint: string, paint: Paint): readonly string[] {
  const [first = '', ...others] = printable(hint).split('\n')
  return [`  ${paint('cyan', '→')} ${first}`, ...others.map((line) => `    ${line}`)]
}

function problemLine({ path, message, hint, at }: Problem, paint: Paint): string {
  const place = at ? ` ${paint('dim', `(${printable(at)})`)}` : ''
  return `${paint('bold', printable(path))} ${printable(message)}${hint ? paint('cyan', ` → ${printable(hint)}`) : ''}${place}`
}

const MAX_LAST_LINES = 12

function commandError(error: CommandError, { paint, again }: ErrorContext): readonly string[] {
  const { message, command, hint, lastLines, logFile, goOn = again } = error
  const output = lastLines.slice(-MAX_LAST_LINES).map((line) => `  ${paint('dim', '│')} ${printable(line)}`)
  return [
    headline(paint('red', '✖'), message, paint),
    ...(hint ? ['', ...hintLines(hint, paint)] : []),
    ...(output.length > 0 ? ['', ...output] : []),
    '',
    `  ${paint('bold', 'Command')}  ${printable(command)}`,
    ...(logFile ? [`  ${paint('bold', 'Log')}      ${printable(logFile)}`] : []),
    `  ${paint('bold', 'Go on')}    ${goOn}`,
  ]
}

function interrupted({ signal, left, goOn }: Interrupted, { paint, again }: ErrorContext): readonly string[] {
  return [
    headline(paint('yellow', '■'), `Stopped by ${signal === 'SIGINT' ? 'Ctrl-C' : signal}`, paint),
    '',
    ...left.map((line) => `  ${printable(line)}`),
    `  ${paint('bold', 'Go on')}    ${goOn ?? again}`,
  ]
}

function bug(error: unknown, { paint, versions, reportTo }: ErrorContext): readonly string[] {
  const stack = error instanceof Error ? (error.stack ?? String(error)) : String(error)
  return [
    headline(paint('red', '✖'), 'This is a bug in create-pg-lab, not your mistake', paint),
    '',
    ...printable(stack)
      .split('\n')
      .map((line) => `  ${line}`),
    '',
    `  ${versions}`,
    `  Please report it with these lines: ${reportTo}`,
  ]
}

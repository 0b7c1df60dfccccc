import { stripVTControlCharacters, styleText } from 'node:util'
import { CommandError, EXIT, Interrupted, type Problem, UserError } from './errors.ts'
import type { Finding } from './finding.ts'

/** How text is coloured; the identity where nothing should be. */
export type Paint = (style: 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan', text: string) => string

/** Colours for a person's terminal, none for a file, a pipe, or who asked for none (https://no-color.org). */
export function painter(stream: { readonly isTTY?: boolean | undefined }, env: NodeJS.ProcessEnv): Paint {
  const isColourful = stream.isTTY === true && !env.NO_COLOR && env.TERM !== 'dumb'
  return isColourful ? (style, text) => styleText(style, text, { validateStream: false }) : (_, text) => text
}

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

/** Text of a tool, a guest or a file may hold escape sequences: they never reach the terminal. */
function clean(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is removed
  return stripVTControlCharacters(text).replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '')
}

function headline(mark: string, text: string, paint: Paint): string {
  return `${mark} ${paint('bold', clean(text))}`
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
  return frame ? ['', ...clean(frame).split('\n')] : []
}

/** Of several problems each has its own line and the caret, without the lines around. */
function oneLineFrame({ frame = '' }: Problem): readonly string[] {
  const lines = clean(frame).split('\n')
  const at = lines.findIndex((line) => line.startsWith('>'))
  return at === -1 ? [] : [...lines.slice(at, at + 2).map((line) => line.replace(/^>/, ' ')), '']
}

/** A hint may have several lines. */
function hintLines(hint: string, paint: Paint): readonly string[] {
  const [first = '', ...others] = clean(hint).split('\n')
  return [`  ${paint('cyan', '→')} ${first}`, ...others.map((line) => `    ${line}`)]
}

function problemLine({ path, message, hint, at }: Problem, paint: Paint): string {
  const place = at ? ` ${paint('dim', `(${clean(at)})`)}` : ''
  return `${paint('bold', clean(path))} ${clean(message)}${hint ? paint('cyan', ` → ${clean(hint)}`) : ''}${place}`
}

const MAX_LAST_LINES = 12

function commandError(error: CommandError, { paint, again }: ErrorContext): readonly string[] {
  const { message, command, hint, lastLines, logFile, goOn = again } = error
  const output = lastLines.slice(-MAX_LAST_LINES).map((line) => `  ${paint('dim', '│')} ${clean(line)}`)
  return [
    headline(paint('red', '✖'), message, paint),
    ...(hint ? ['', ...hintLines(hint, paint)] : []),
    ...(output.length > 0 ? ['', ...output] : []),
    '',
    `  ${paint('bold', 'Command')}  ${clean(command)}`,
    ...(logFile ? [`  ${paint('bold', 'Log')}      ${clean(logFile)}`] : []),
    `  ${paint('bold', 'Go on')}    ${goOn}`,
  ]
}

function interrupted({ signal, left, goOn }: Interrupted, { paint, again }: ErrorContext): readonly string[] {
  return [
    headline(paint('yellow', '■'), `Stopped by ${signal === 'SIGINT' ? 'Ctrl-C' : signal}`, paint),
    '',
    ...left.map((line) => `  ${clean(line)}`),
    `  ${paint('bold', 'Go on')}    ${goOn ?? again}`,
  ]
}

function bug(error: unknown, { paint, versions, reportTo }: ErrorContext): readonly string[] {
  const stack = error instanceof Error ? (error.stack ?? String(error)) : String(error)
  return [
    headline(paint('red', '✖'), 'This is a bug in create-pg-lab, not your mistake', paint),
    '',
    ...clean(stack)
      .split('\n')
      .map((line) => `  ${line}`),
    '',
    `  ${versions}`,
    `  Please report it with these lines: ${reportTo}`,
  ]
}

/** One check with all it found. */
export interface CheckResult {
  readonly title: string
  readonly findings: readonly Finding[]
}

/**
 * One line a check; on failure node, expected, observed and hint of each finding that failed. Ends with a line end.
 * @param told what earlier checks have shown: the same again (a machine that is down) takes one line
 */
export function showCheck({ title, findings }: CheckResult, paint: Paint, told = new Set<string>()): string {
  const failed = findings.filter(({ ok }) => !ok)
  const mark = failed.length === 0 ? paint('green', '✔') : paint('red', '✖')
  const count = failed.length === 0 ? `${findings.length}` : `${failed.length} of ${findings.length} failed`
  const head = `${mark} ${title} ${paint('dim', `(${count})`)}`
  return `${[head, ...failed.flatMap((finding) => failedLines(finding, paint, told))].join('\n')}\n`
}

function failedLines(finding: Finding, paint: Paint, told: Set<string>): readonly string[] {
  const { node, what, expected, observed, hint } = finding
  const line = `    ${paint('bold', node)}  ${oneLine(what)}`
  const key = JSON.stringify([node, what, expected, observed])
  if (told.has(key)) return [`${line}${paint('dim', ': as above')}`]
  told.add(key)
  return [
    line,
    `      ${paint('dim', 'expected')}  ${oneLine(expected)}`,
    `      ${paint('dim', 'observed')}  ${paint('red', oneLine(observed))}`,
    ...(hint ? [`      ${paint('cyan', '→')} ${oneLine(hint)}`] : []),
  ]
}

function oneLine(text: string): string {
  return clean(text)
    .trim()
    .replace(/\s*\n\s*/g, ' · ')
}

/** The last line of a verification. Ends with a line end. */
export function showVerdict(findings: readonly Finding[], paint: Paint): string {
  const failed = findings.filter(({ ok }) => !ok).length
  if (failed > 0) return `\n${paint('red', `${failed} of ${findings.length} findings failed`)}\n`
  if (findings.length === 0) return `\n${paint('yellow', 'Nothing was asked, so nothing is known')}\n`
  return `\n${paint('green', `All ${findings.length} findings are as the config asks`)}\n`
}

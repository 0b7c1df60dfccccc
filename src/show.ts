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
  readonly id: string
  readonly title: string
  readonly findings: readonly Finding[]
}

/** What a verification found, check by check: what one cause broke is told once. Ends with a line end. */
export function showChecks(checks: readonly CheckResult[], paint: Paint): string {
  const width = Math.max(...checks.map(({ id }) => id.length))
  const told = new Set<string>()
  const silent: string[] = []
  const lines = checks.flatMap((check) => {
    const failed = check.findings.filter(({ ok }) => !ok)
    if (failed.length > 0 && failed.every(({ unasked }) => unasked !== undefined && told.has(unasked))) {
      silent.push(check.id)
      return []
    }
    const shown = showCheck(check, { paint, width, told })
    for (const { unasked } of failed) if (unasked !== undefined) told.add(unasked)
    if (failed.length > 0) told.add(check.id) // others may have needed what this one is about: the primary
    return shown
  })
  const rest =
    silent.length > 0
      ? [`${paint('red', '✖')} Could not be asked, for the same reason: ${silent.join(', ')}`]
      : []
  return [
    ...lines,
    ...rest,
    showVerdict(
      checks.flatMap(({ findings }) => findings),
      paint,
    ),
  ]
    .map((line) => `${line}\n`)
    .join('')
}

interface CheckStyle {
  readonly paint: Paint
  /** Of the ids. */
  readonly width: number
  /** Causes that are told already. */
  readonly told: ReadonlySet<string>
}

/** One line a check; on failure node, expected, observed and hint of each finding that failed. */
function showCheck(
  { id, title, findings }: CheckResult,
  { paint, width, told }: CheckStyle,
): readonly string[] {
  const failed = findings.filter(({ ok }) => !ok)
  const mark = failed.length === 0 ? paint('green', '✔') : paint('red', '✖')
  const count = failed.length === 0 ? `${findings.length}` : `${failed.length} of ${findings.length} failed`
  const head = `${mark} ${paint('dim', id.padEnd(width))}  ${title} ${paint('dim', `(${count})`)}`
  return [head, ...failed.flatMap((finding) => failedLines(finding, paint, told))]
}

function failedLines(finding: Finding, paint: Paint, told: ReadonlySet<string>): readonly string[] {
  const { node, what, expected, observed, unasked, hint } = finding
  const line = `    ${paint('bold', node)}  ${oneLine(what)}`
  if (unasked !== undefined && told.has(unasked)) return [`${line}${paint('dim', ': as above')}`]
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

/** `1 check`, `148 checks`: each finding is one that was made on a node. */
export function countChecks(number: number): string {
  return `${number} ${number === 1 ? 'check' : 'checks'}`
}

function showVerdict(findings: readonly Finding[], paint: Paint): string {
  const failed = findings.filter(({ ok }) => !ok)
  if (findings.length === 0) return `\n${paint('yellow', 'Nothing was asked, so nothing is known')}`
  if (failed.length === 0) return `\n${paint('green', `${countChecks(findings.length)} passed`)}`
  const unasked = failed.filter((finding) => finding.unasked !== undefined).length
  const rest = unasked > 0 ? `, ${unasked} of them could not be asked` : ''
  return `\n${paint('red', `${failed.length} of ${countChecks(findings.length)} failed${rest}`)}`
}

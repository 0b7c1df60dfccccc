import type { Finding } from './finding.ts'
import { type Paint, printable } from './paint.ts'

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
  return printable(text)
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

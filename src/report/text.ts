import { printable } from '../tools/process/logs.ts'

/** Output of a server, made safe to show: no escape sequences, no control characters, no blank ends. */
export function cleanOutput(text: string): string {
  const lines = text.split(/\r?\n/).map((line) => printable(line).trimEnd())
  return lines.join('\n').replace(/^\n+|\n+$/g, '')
}

/** The same for a value that shall stand in a sentence or a cell. */
export function oneLine(text: string): string {
  return cleanOutput(text)
    .trim()
    .replace(/\s*\n\s*/g, ' · ')
    .replaceAll('\t', ' ')
}

/** Text inside an element or an attribute of HTML, SVG or XML. */
export function escapeHtml(text: string): string {
  const names: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  }
  return printableXml(text).replace(/[&<>"']/g, (sign) => names[sign] ?? sign)
}

/** XML has no place for control characters and half surrogates, not even escaped. */
function printableXml(text: string): string {
  const whole = text.replace(/\p{Surrogate}/gu, '\ufffd')
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is removed
  return whole.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\ufffe\uffff]/g, '')
}

/**
 * Text of a server or a config inside a Markdown paragraph or cell: no sign of it means anything. What means
 * something only at the head of a line is left alone, for no value stands there.
 */
export function escapeMarkdown(text: string): string {
  return oneLine(text)
    .replace(/[\\`*_[\]|~]/g, (sign) => `\\${sign}`)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
}

/** A code span, also in a table, whose cells end at each bar. */
export function code(text: string): string {
  const line = oneLine(text).replaceAll('|', '\\|')
  const ticks = fenceFor(line, 1)
  const gap = line.startsWith('`') || line.endsWith('`') ? ' ' : ''
  return `${ticks}${gap}${line}${gap}${ticks}`
}

/** A code block that no line of its text can end. */
export function fenced(text: string, language = ''): string {
  const fence = fenceFor(text, 3)
  return `${fence}${language}\n${text}\n${fence}`
}

/** More backticks than the text has in a row, and at least so many. */
function fenceFor(text: string, least: number): string {
  const longest = Math.max(least - 1, ...[...text.matchAll(/`+/g)].map(([run]) => run.length))
  return '`'.repeat(longest + 1)
}

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'] as const

/** `0 B`, `232 kB`, `45.6 MB`; in steps of 1024, as PostgreSQL counts. */
export function size(bytes: number): string {
  const sign = bytes < 0 ? '-' : ''
  let amount = Math.abs(bytes)
  let step = 0
  while (amount >= 1000 && step < UNITS.length - 1) {
    amount /= 1024
    step += 1
  }
  const digits = step === 0 || amount >= 100 ? 0 : 1
  return `${sign}${amount.toFixed(digits)} ${UNITS[step]}`
}

/** `3 ms`, `2.5 s`, `42 s`, `7 min`, `3 h`, `5 d`. */
export function span(seconds: number): string {
  if (seconds < 1) return `${Math.round(Math.max(0, seconds) * 1000)} ms`
  if (seconds < 10) return `${seconds.toFixed(1)} s`
  if (seconds < 100) return `${Math.round(seconds)} s`
  if (seconds < 100 * 60) return `${Math.round(seconds / 60)} min`
  if (seconds < 48 * 3600) return `${Math.round(seconds / 3600)} h`
  return `${Math.round(seconds / 86_400)} d`
}

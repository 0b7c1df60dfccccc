import { oneLine } from '../tools/process/clean-output.ts'

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
  return escapeSigns(oneLine(text))
}

/** The same of a part of a sentence, whose spaces count. */
export function escapeSigns(text: string): string {
  return text
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

/** Where a link of Markdown leads: a path whose signs end nothing. */
export function link(path: string): string {
  return encodeURI(path).replace(/[()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)
}

/** A table of Markdown. @param rows cells that are escaped already */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}

import { printable } from '../../paint.ts'

/** Output of a server, made safe to show: no escape sequences, no control characters, no blank ends. */
export function cleanOutput(text: string): string {
  const lines = text.split(/\r?\n/).map((line) => printable(line).trimEnd())
  return lines.join('\n').replace(/^\n+|\n+$/g, '')
}

/** The same for a value in a sentence or a cell. */
export function oneLine(text: string): string {
  return cleanOutput(text)
    .trim()
    .replace(/\s*\n\s*/g, ' · ')
    .replaceAll('\t', ' ')
}

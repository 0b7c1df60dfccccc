import type { Code, CodeLine } from '../code.ts'

/** The first line of this kind. */
export function findLine(
  { lines }: Code,
  pattern: RegExp,
  isMeant: (line: CodeLine) => boolean = () => true,
): CodeLine | undefined {
  return lines.find((line) => pattern.test(line.text) && isMeant(line))
}

/** `roles/slave/tasks/main.yml:12` */
export function placeOf(line: Pick<CodeLine, 'path' | 'number'> | undefined): string | undefined {
  return line && `${line.path}:${line.number}`
}

/** The same of a place in a file's text. */
function placeAt({ path, text }: Code['files'][number], offset: number): string {
  return `${path}:${text.slice(0, offset).split('\n').length}`
}

/** All places of a pattern with what it caught. @param pattern with the flag g */
export function findAll(
  { files }: Code,
  pattern: RegExp,
): readonly { readonly place: string; readonly path: string; readonly groups: readonly string[] }[] {
  return files.flatMap((file) =>
    [...file.text.matchAll(pattern)].map((match) => ({
      place: placeAt(file, match.index),
      path: file.path,
      groups: match.map((group) => group ?? ''),
    })),
  )
}

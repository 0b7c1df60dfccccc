import { LAB_FILES, OWN_FOLDER } from '../lab-files.ts'
import { readYamlDocuments } from '../yaml.ts'
import type { Submission, SubmittedFile } from './submission.ts'

/** A line that a program would read: comments are taken out, numbers are those of the file. */
export interface CodeLine {
  readonly path: string
  readonly number: number
  readonly text: string
}

/** What a hand-in says to programs, as opposed to people. */
export interface Code {
  readonly files: readonly { readonly path: string; readonly text: string }[]
  readonly lines: readonly CodeLine[]
  /** Every mapping in its YAML, with the file it is in. */
  readonly maps: readonly YamlMap[]
  /** YAML that cannot be read. */
  readonly broken: readonly { readonly path: string; readonly line: number; readonly message: string }[]
  /** What is written for `{{ name }}`, where the hand-in has one value for it. */
  value(text: string): string
}

export interface YamlMap {
  readonly path: string
  readonly members: Readonly<Record<string, unknown>>
  /** Whether it stands at the top of the file, as a play does. */
  readonly isTop: boolean
}

/** Written for people, or kept by pg-lab beside the files it is about. */
const FOR_PEOPLE = /\.(md|txt|rst|adoc|html?|svg|log|patch|diff|css)$|(^|\/)(docs?|LICENSE)(\/|$)/i
const OWN = [OWN_FOLDER, LAB_FILES.report.path].map((path) => `${path}/`)

/** Reads a hand-in as programs would, and runs none. */
export function readCode({ files }: Pick<Submission, 'files'>): Code {
  const code = files.flatMap(({ path, text }) =>
    text === undefined || isForPeople(path) ? [] : [{ path, text: withoutComments(text) }],
  )
  const read = files.filter(({ path }) => isYamlCode(path)).map(readYamlFile)
  const maps = read.flatMap((file) =>
    'values' in file ? file.values.flatMap((value) => mapsIn(file.path, value)) : [],
  )
  const values = valuesOf(maps)
  return {
    files: code,
    lines: code.flatMap(({ path, text }) =>
      text
        .split('\n')
        .flatMap((line, at) => (line.trim() === '' ? [] : [{ path, number: at + 1, text: line }])),
    ),
    maps,
    broken: read.flatMap((file) => ('values' in file ? [] : [file])),
    value: (text) =>
      text.replace(/\{\{\s*([\w.]+)\s*(?:\|[^}]*)?\}\}/g, (whole, name) => values.get(name) ?? whole),
  }
}

/** A template is YAML only once it is filled in. */
export function isYamlCode(path: string): boolean {
  return /\.ya?ml$/i.test(path) && !/(^|\/)templates\//.test(path) && !isForPeople(path)
}

export function isForPeople(path: string): boolean {
  return FOR_PEOPLE.test(path) || OWN.some((folder) => path.startsWith(folder))
}

/** Comments of YAML, shell, SQL, PostgreSQL and Jinja become blank: lines keep their numbers. `--slot=a` is none. */
function withoutComments(text: string): string {
  const blank = (comment: string) => comment.replace(/[^\n]/g, ' ')
  return text
    .replaceAll('\r\n', '\n')
    .replace(/\{#[\s\S]*?#\}/g, blank)
    .replace(/^[ \t]*(?:#|--(?=\s|$)|\/\/).*$/gm, '')
    .replace(/[ \t]#[ \t].*$/gm, '')
}

type ReadYaml =
  | { readonly path: string; readonly values: readonly unknown[] }
  | { readonly path: string; readonly line: number; readonly message: string }

function readYamlFile({ path, text = '' }: SubmittedFile): ReadYaml {
  const read = readYamlDocuments(text)
  if ('values' in read) return { path, values: read.values }
  const line = text.slice(0, read.offset).split('\n').length
  return { path, line, message: read.error.message }
}

/**
 * A list within a list at the top is still the top. Anchors may lead in circles, and many times to the same place: each is
 * looked at once.
 */
function mapsIn(
  path: string,
  value: unknown,
  isTop = true,
  visited = new Set<unknown>(),
): readonly YamlMap[] {
  if (typeof value !== 'object' || value === null || visited.has(value)) return []
  visited.add(value)
  if (Array.isArray(value)) return value.flatMap((one) => mapsIn(path, one, isTop, visited))
  const members = value as Record<string, unknown>
  const inner = Object.values(members).flatMap((one) => mapsIn(path, one, false, visited))
  return [{ path, members, isTop }, ...inner]
}

/** Names that have one plain value in the whole hand-in. */
function valuesOf(maps: readonly YamlMap[]): ReadonlyMap<string, string> {
  const values = new Map<string, string>()
  const ambiguous = new Set<string>()
  for (const { members } of maps) {
    for (const [name, value] of Object.entries(members)) {
      if (typeof value !== 'string' && typeof value !== 'number') continue
      const text = String(value)
      if (text.includes('{{') || (values.has(name) && values.get(name) !== text)) ambiguous.add(name)
      values.set(name, text)
    }
  }
  for (const name of ambiguous) values.delete(name)
  return values
}

/** A task's module with its arguments: `community.postgresql.postgresql_user` is `postgresql_user`. */
export function modulesIn({ members }: YamlMap, name: string): readonly Readonly<Record<string, unknown>>[] {
  return Object.entries(members).flatMap(([key, value]) => {
    const isIt = key === name || key.endsWith(`.${name}`)
    return isIt && typeof value === 'object' && value !== null ? [value as Record<string, unknown>] : []
  })
}

/** The text of a member, where it has one. */
export function textAt(members: Readonly<Record<string, unknown>>, ...names: readonly string[]): string {
  const value = names
    .map((name) => members[name])
    .find((one) => typeof one === 'string' || typeof one === 'number')
  return value === undefined ? '' : String(value)
}

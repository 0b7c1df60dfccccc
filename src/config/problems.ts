import { inspect } from 'node:util'
import { RETIRED_OS } from '../catalog/os.ts'
import { type Problem, UserError } from '../errors.ts'
import type { AnySchema } from './any-schema.ts'
import { closest } from './closest.ts'
import { nearest } from './nearest.ts'
import { type Keys, pathOf, quoted } from './path.ts'
import { ALIASES, type ConfigIssue, ConfigSchema, withoutAliases } from './schema.ts'

interface AnyIssue {
  readonly kind: string
  readonly type: string
  readonly message: string
  readonly input: unknown
  readonly requirement?: unknown
  readonly expected: string | null
  readonly path?: readonly { readonly key: unknown; readonly origin?: string }[] | undefined
  readonly issues?: readonly AnyIssue[] | undefined
}

const WHOLE = 'the config'

/** What was given, short and on one line. */
function show(value: unknown): string {
  const text =
    typeof value === 'string'
      ? quoted(value)
      : inspect(value, {
          breakLength: Number.POSITIVE_INFINITY,
          compact: true,
          depth: 1,
          maxStringLength: 80,
        })
  return text.length > 80 ? `${text.slice(0, 77)}…` : text
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const keysOfIssue = (issue: AnyIssue): Keys =>
  (issue.path ?? []).map(({ key }) => (typeof key === 'number' ? key : String(key)))

/** A failed union says only that nothing matched: what fails inside the object that was meant says more. */
function unfold(issue: AnyIssue): readonly AnyIssue[] {
  if (issue.type !== 'union') return [issue]
  const deeper = (issue.issues ?? []).filter((inner) => inner.path?.length)
  if (!deeper.length || !isObject(issue.input)) return [issue]
  return deeper
    .map((inner) => ({ ...inner, path: [...(issue.path ?? []), ...(inner.path ?? [])] }))
    .flatMap(unfold)
}

const NOUNS: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  finite: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  array: 'a list [ … ]',
  strict_object: 'an object { … }',
  record: 'an object { … }',
}

function allowed(issue: AnyIssue): string {
  if (issue.type === 'min_value') return `at least ${issue.requirement}`
  if (issue.type === 'max_value') return `at most ${issue.requirement}`
  if (issue.type === 'max_length') return `no longer than ${issue.requirement}`
  if (issue.type === 'picklist' || issue.type === 'union') return oneOf(issue.expected ?? '')
  return NOUNS[issue.type] ?? 'something else'
}

/** `(false | Object)` → `false or an object { … }` */
function oneOf(expected: string): string {
  const words = expected
    .replaceAll(/[()]/g, '')
    .split(' | ')
    .map((word) => (word === 'Object' ? 'an object { … }' : word.replaceAll('"', '')))
  return words.length === 1 ? (words[0] ?? '') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`
}

/** The sentence a bound was declared with; a wrong type of text says it too. */
function ownWords(issue: AnyIssue): string | undefined {
  if (issue.kind === 'validation' && !/^Invalid /.test(issue.message)) return issue.message
  if (issue.kind === 'schema' && issue.type === 'string' && !/^Invalid /.test(issue.message)) {
    return `must be ${issue.message}`
  }
  return undefined
}

function hintFor(issue: AnyIssue): string | undefined {
  const meant = meantBy(issue)
  return meant === undefined ? undefined : `did you mean ${show(meant)}?`
}

function meantBy(issue: AnyIssue): unknown {
  if (!['picklist', 'union'].includes(issue.type)) {
    return nearest(issue.input, ownWords(issue)?.replace('must be ', '') ?? issue.type)
  }
  if (typeof issue.input !== 'string') return undefined
  return closest(
    issue.input.replaceAll(' ', '-'),
    (issue.expected ?? '').replaceAll(/[()"]/g, '').split(' | '),
  )
}

function retirement(os: unknown): (typeof RETIRED_OS)[string] | undefined {
  return typeof os === 'string' && Object.hasOwn(RETIRED_OS, os) ? RETIRED_OS[os] : undefined
}

function problemOf(issue: AnyIssue): Problem {
  const path = pathOf(keysOfIssue(issue)) || WHOLE
  const retired = path === 'os' && retirement(issue.input)
  if (retired) {
    return {
      path,
      message: `${show(issue.input)} cannot be used: ${retired.reason}`,
      hint: `use '${retired.replacement}'`,
    }
  }
  const [rule = '', ownHint] = (ownWords(issue) ?? `must be ${allowed(issue)}`).split('\n')
  if (issue.input === undefined) return { path, message: 'is missing' }
  const hint = ownHint ?? hintFor(issue)
  return { path, message: `${rule}; ${show(issue.input)} was given`, ...(hint ? { hint } : {}) }
}

function schemaInside(schema: AnySchema, value: unknown): AnySchema {
  if (schema.wrapped) return schemaInside(schema.wrapped, value)
  const option =
    schema.type === 'union' && schema.options?.find((one) => typeof one === 'object' && one.entries)
  return option && typeof option === 'object' ? schemaInside(option, value) : schema
}

/** Keys no setting has. The schema library stops at the first of an object. */
function unknownKeys(schema: AnySchema, value: unknown, keys: Keys = []): Problem[] {
  const { entries, item } = schemaInside(schema, value)
  if (item && Array.isArray(value)) {
    return value.flatMap((element, index) => unknownKeys(item, element, [...keys, index]))
  }
  // The schema library takes a list for an object, and its positions for keys.
  if (entries && Array.isArray(value) && value.length) {
    return [
      { path: pathOf(keys) || WHOLE, message: `must be ${NOUNS.strict_object}; ${show(value)} was given` },
    ]
  }
  if (!entries || !isObject(value)) return []
  return Object.entries(value).flatMap(([key, inner]) => {
    const known = Object.hasOwn(entries, key) ? entries[key] : undefined
    return known ? unknownKeys(known, inner, [...keys, key]) : [unknownKey(key, Object.keys(entries), keys)]
  })
}

function unknownKey(key: string, known: readonly string[], keys: Keys): Problem {
  const [, other] = Object.entries(ALIASES).find(([alias]) => keys.length === 0 && alias === key) ?? []
  if (other)
    return { path: key, message: `is another name of ${other}, which is there too`, hint: 'keep one of them' }
  const meant = closest(key, known)
  return {
    path: pathOf([...keys, key]),
    message: 'is not a setting',
    hint: meant
      ? `did you mean ${meant}?`
      : `known ${keys.length ? 'here' : 'at the top'}: ${known.join(', ')}`,
  }
}

/** Where the schema found something, each place once, as deep as it can be told. */
export function placesOf(issues: readonly ConfigIssue[]): readonly Keys[] {
  return (issues as readonly AnyIssue[]).flatMap(unfold).map(keysOfIssue)
}

/**
 * Turns what the schema found into sentences, one a setting.
 * @param input the config as it was given
 */
export function problemsOf(input: unknown, issues: readonly ConfigIssue[]): readonly Problem[] {
  const strange = unknownKeys(ConfigSchema as unknown as AnySchema, withoutAliases(input))
  const found = (issues as readonly AnyIssue[]).flatMap(unfold)
  const wrong = found.filter((issue) => issue.expected !== 'never').map(problemOf)
  const first = new Map<string, Problem>()
  for (const problem of [...strange, ...wrong]) if (!first.has(problem.path)) first.set(problem.path, problem)
  // Keys that an object only inherits are in no list of its own.
  return first.size ? [...first.values()] : found.map(problemOf)
}

/** @param what has them: `The config`, or the file's name */
export function configError(what: string, problems: readonly Problem[]): UserError {
  const count = problems.length === 1 ? 'one problem' : `${problems.length} problems`
  return new UserError(`${what} has ${count}`, { problems })
}

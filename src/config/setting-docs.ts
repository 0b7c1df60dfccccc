import type { AnySchema } from './any-schema.ts'
import { ConfigSchema } from './schema.ts'

/** A setting as the schema declares it; a section has settings of its own below it. */
export interface Setting {
  /** `master.memory`, `slaves[].slot`, `postgres.settings.<name>`. */
  readonly path: string
  readonly description: string
  /** `undefined` where there is none. */
  readonly default: unknown
  /** What may be given, in words; `''` for a section. */
  readonly allowed: string
}

/** A schema with everything that is piped after it, however deep. */
function flat(schema: AnySchema): readonly AnySchema[] {
  return schema.pipe ? schema.pipe.flatMap(flat) : [schema]
}

function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join() : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`
}

function few(keys: readonly string[]): string {
  return keys.length > 4 ? '…' : keys.join(', ')
}

function allowedOption(option: AnySchema | string): string[] {
  if (typeof option === 'string') return [option]
  if (option.type === 'literal') return [String(option.literal)]
  const [schema = option] = flat(option)
  if (schema.entries) return [`an object { ${few(Object.keys(schema.entries))} }`]
  return schema.options ? schema.options.flatMap(allowedOption) : [allowedWords(option)]
}

function bounds(items: readonly AnySchema[]): string {
  const least = items.find(({ type }) => type === 'min_value')?.requirement
  const most = items.find(({ type }) => type === 'max_value')?.requirement
  return least === undefined ? 'a number' : `a whole number from ${least} to ${most}`
}

function allowedWords(schema: AnySchema): string {
  const items = flat(schema)
  const [first = schema] = items
  if (first.type === 'number') return bounds(items)
  if (first.type === 'boolean') return 'true or false'
  if (first.type === 'array') return 'a list [ … ]'
  if (first.options) return listed(first.options.flatMap(allowedOption))
  const rules = items.filter(({ kind }) => kind === 'validation').map(({ message }) => String(message))
  return [...new Set(rules.map((rule) => rule.replace(/^must be /, '')))].join('; ') || 'text'
}

/** The schema inside its default, and the object among several forms. */
function inside(schema: AnySchema): AnySchema {
  if (schema.wrapped) return inside(schema.wrapped)
  const forms = schema.options?.filter((option) => typeof option === 'object') ?? []
  return forms.find(({ entries }) => entries) ?? schema
}

function described(schema: AnySchema): string {
  const outer = schema.wrapped ?? schema
  return [outer, inside(outer)].flatMap(flat).find(({ type }) => type === 'description')?.description ?? ''
}

function settingsOf(schema: AnySchema, path: string): Setting[] {
  const inner = inside(schema)
  const isSection = Boolean(inner.entries) && inner.type === 'strict_object' && !isChoice(schema)
  const own: Setting = {
    path,
    description: described(schema),
    default: isSection ? undefined : schema.default,
    allowed: isSection ? '' : allowedWords(schema.wrapped ?? schema),
  }
  const [body = inner] = flat(inner)
  const members = Object.entries(body.entries ?? {}).flatMap(([key, member]) =>
    settingsOf(member, `${path}.${key}`),
  )
  if (body.item) return [own, ...settingsOf(body.item, `${path}[]`).slice(1)]
  if (body.value)
    return [{ ...own, path: `${path}.<name>`, default: undefined, allowed: 'what PostgreSQL takes' }]
  return [own, ...members]
}

/** A section that may also be something else, as `backup: false`. */
function isChoice(schema: AnySchema): boolean {
  return Boolean((schema.wrapped ?? schema).options)
}

/** Every setting of a config, in the schema's order, sections before what is in them. */
export function allSettings(): readonly Setting[] {
  const entries = (ConfigSchema as unknown as AnySchema).entries ?? {}
  return Object.entries(entries)
    .filter(([key]) => key !== '$schema')
    .flatMap(([key, schema]) => settingsOf(schema, key))
}

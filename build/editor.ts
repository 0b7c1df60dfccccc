import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { toJsonSchema } from '@valibot/to-json-schema'
import {
  ASKED_MAJORS,
  allSettingNames,
  majorsWith,
  type SettingFacts,
  settingFacts,
} from '../src/catalog/setting-facts.ts'
import { refuseSetting } from '../src/config/owned-settings.ts'
import { ALIASES, ConfigSchema } from '../src/config/schema.ts'

/** What of JSON Schema the config's schema becomes. */
export interface JsonSchema {
  readonly $ref?: string
  readonly type?: string
  readonly description?: string
  readonly default?: unknown
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly anyOf?: readonly JsonSchema[]
  readonly allOf?: readonly JsonSchema[]
  readonly items?: JsonSchema
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: JsonSchema | boolean
}

/** The config's schema for editors. What a pattern cannot say, such as a real time zone, is left to pg-lab. */
export function configSchema(): JsonSchema {
  const schema = toJsonSchema(ConfigSchema, { typeMode: 'input', errorMode: 'ignore' }) as JsonSchema
  const properties = withSlaveSettings(schema.properties ?? {})
  const others = Object.entries(ALIASES).map(([alias, name]) => {
    return [
      alias,
      { ...properties[name], description: `PostgreSQL’s own word for \`${name}\`, which it stands for.` },
    ]
  })
  const { postgres = {} } = properties
  const { settings = {} } = postgres.properties ?? {}
  return {
    title: 'pg-lab cluster config',
    ...schema,
    $defs: { settingValue: settings.additionalProperties },
    properties: {
      ...properties,
      postgres: {
        ...postgres,
        properties: {
          ...postgres.properties,
          settings: { ...settings, properties: serverSettings() },
        },
      },
      ...Object.fromEntries(others),
    },
  } as JsonSchema
}

/** A slave's own settings are those of all servers: said once. */
function withSlaveSettings(
  properties: Readonly<Record<string, JsonSchema>>,
): Readonly<Record<string, JsonSchema>> {
  const { slaves = {} } = properties
  const slave = slaves.items ?? {}
  const { description } = slave.properties?.settings ?? {}
  const settings = {
    ...(description ? { description } : {}),
    default: {},
    allOf: [{ $ref: '#/properties/postgres/properties/settings' }],
  }
  return {
    ...properties,
    slaves: { ...slaves, items: { ...slave, properties: { ...slave.properties, settings } } },
  }
}

/** PostgreSQL's own settings that may be given, for completion; what each takes is checked when the config is read. */
function serverSettings(): Record<string, JsonSchema> {
  const names = allSettingNames().filter((name) => refuseSetting(name, '') === undefined)
  return Object.fromEntries(
    names.flatMap((name) => {
      const majors = majorsWith(name)
      const told = majors
        .map((major) => settingFacts(name, major))
        .filter((facts) => typeof facts === 'object')
      const newest = told.at(-1) as SettingFacts
      if (newest.context === 'internal') return []
      const values = [
        ...new Set(told.flatMap((facts) => facts.values ?? (facts.type === 'bool' ? ['on', 'off'] : []))),
      ]
      return [
        [
          name,
          {
            description: summary(newest, majors),
            anyOf: [...(values.length > 0 ? [{ enum: values }] : []), { $ref: '#/$defs/settingValue' }],
          },
        ],
      ]
    }),
  )
}

/** `integer, kB, reload; from 17` */
function summary({ type, unit, context }: SettingFacts, majors: readonly number[]): string {
  const [first] = majors
  const last = majors.at(-1)
  const since = first === ASKED_MAJORS[0] ? '' : `; from ${first}`
  const until = last === ASKED_MAJORS.at(-1) ? '' : `; until ${last}`
  return `${[type, unit, context === 'postmaster' ? 'restart' : 'reload'].filter(Boolean).join(', ')}${since}${until}`
}

/** What an editor shows over a setting. */
function comment({ description, default: value }: JsonSchema, indent: string): string {
  const isTold = value !== undefined && JSON.stringify(value) !== '{}'
  const lines = [description, isTold ? `@default ${JSON.stringify(value)}` : undefined].filter(Boolean)
  if (lines.length === 0) return ''
  if (lines.length === 1) return `${indent}/** ${lines[0]} */\n`
  return `${indent}/**\n${lines.map((line) => `${indent} * ${line}\n`).join('')}${indent} */\n`
}

function members(schema: JsonSchema, indent: string): string {
  const required = new Set(schema.required)
  return Object.entries(schema.properties ?? {})
    .map(([key, member]) => {
      const optional = !required.has(key)
      const type = `${typeOf(member, indent)}${optional ? ' | undefined' : ''}`
      return `${comment(described(member), indent)}${indent}${key}${optional ? '?' : ''}: ${type}\n`
    })
    .join('')
}

/** A choice has its words at the object among its forms. */
function described(schema: JsonSchema): JsonSchema {
  const description = schema.description ?? schema.anyOf?.find((form) => form.description)?.description
  return { ...schema, ...(description ? { description } : {}) }
}

/** A JSON Schema as a TypeScript type. */
function typeOf(schema: JsonSchema, indent: string): string {
  if (schema.anyOf) return schema.anyOf.map((form) => typeOf(form, indent)).join(' | ')
  if (schema.allOf) return 'ServerSettings & Record<string, string | number | boolean>'
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' | ')
  if (schema.const !== undefined) return JSON.stringify(schema.const)
  if (schema.type === 'array') return `(${typeOf(schema.items ?? {}, indent)})[]`
  const others =
    typeof schema.additionalProperties === 'object' ? typeOf(schema.additionalProperties, indent) : undefined
  if (schema.properties && others) return `ServerSettings & Record<string, ${others}>`
  if (schema.properties) return `{\n${members(schema, `${indent}  `)}${indent}}`
  if (others) return `Record<string, ${others}>`
  return schema.type === 'integer' ? 'number' : (schema.type ?? 'unknown')
}

/**
 * The types of `import … from 'create-pg-lab'`: what src/index.ts exports, with the schema's descriptions as
 * comments, which inferred types have not. They need no other package.
 */
export function typeDeclarations(schema: JsonSchema): string {
  return `/** ${schema.description} What is left out has a default. */
export interface ClusterConfig {
${members(schema, '  ')}}

/** What completes, and is checked when the config is read: any text, number or boolean may be meant. */
type Value = (string & {}) | number | boolean

/** PostgreSQL's own settings: type, unit, what a change takes, and which majors have it. */
interface ServerSettings {
${knownSettings(schema)}}

type ConfigInput = ClusterConfig | (() => ClusterConfig | Promise<ClusterConfig>)

/**
 * Gives \`cluster.config.ts\` types and completion in the editor.
 * @param config the lab, or a function that returns it
 * @returns the same value, unchanged
 */
export declare function defineCluster(config: ConfigInput): ConfigInput
`
}

function knownSettings(schema: JsonSchema): string {
  const { settings = {} } = schema.properties?.postgres?.properties ?? {}
  return Object.entries(settings.properties ?? {})
    .map(([name, { description, anyOf = [] }]) => {
      const words = anyOf.flatMap(({ enum: values = [] }) =>
        values.map((value) => `${JSON.stringify(value)} | `),
      )
      return `  /** ${description} */\n  ${name}?: ${words.join('')}Value\n`
    })
    .join('')
}

/** Writes what editors read into the built package. */
export function writeEditorFiles(directory: string): void {
  const schema = configSchema()
  mkdirSync(directory, { recursive: true })
  writeFileSync(join(directory, 'cluster.config.schema.json'), `${JSON.stringify(schema, null, 2)}\n`)
  writeFileSync(join(directory, 'index.d.ts'), typeDeclarations(schema))
}

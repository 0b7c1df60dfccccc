import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { toJsonSchema } from '@valibot/to-json-schema'
import { ALIASES, ConfigSchema } from '../src/config/schema.ts'

/** What of JSON Schema the config's schema becomes. */
export interface JsonSchema {
  readonly type?: string
  readonly description?: string
  readonly default?: unknown
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly anyOf?: readonly JsonSchema[]
  readonly items?: JsonSchema
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: JsonSchema | boolean
}

/** The config's schema for editors. What a pattern cannot say, such as a real time zone, is left to pg-lab. */
export function configSchema(): JsonSchema {
  const schema = toJsonSchema(ConfigSchema, { typeMode: 'input', errorMode: 'ignore' }) as JsonSchema
  const { properties = {} } = schema
  const others = Object.entries(ALIASES).map(([alias, name]) => {
    return [
      alias,
      { ...properties[name], description: `PostgreSQL’s own word for \`${name}\`, which it stands for.` },
    ]
  })
  return {
    title: 'pg-lab cluster config',
    ...schema,
    properties: { ...properties, ...Object.fromEntries(others) },
  } as JsonSchema
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
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' | ')
  if (schema.const !== undefined) return JSON.stringify(schema.const)
  if (schema.type === 'array') return `(${typeOf(schema.items ?? {}, indent)})[]`
  if (schema.properties) return `{\n${members(schema, `${indent}  `)}${indent}}`
  if (typeof schema.additionalProperties === 'object') {
    return `Record<string, ${typeOf(schema.additionalProperties, indent)}>`
  }
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

type ConfigInput = ClusterConfig | (() => ClusterConfig | Promise<ClusterConfig>)

/**
 * Gives \`cluster.config.ts\` types and completion in the editor.
 * @param config the lab, or a function that returns it
 * @returns the same value, unchanged
 */
export declare function defineCluster(config: ConfigInput): ConfigInput
`
}

/** Writes what editors read into the built package. */
export function writeEditorFiles(directory: string): void {
  const schema = configSchema()
  mkdirSync(directory, { recursive: true })
  writeFileSync(join(directory, 'cluster.config.schema.json'), `${JSON.stringify(schema, null, 2)}\n`)
  writeFileSync(join(directory, 'index.d.ts'), typeDeclarations(schema))
}

/** As much of JSON Schema as ours use. */
export interface Schema {
  readonly type?: string
  readonly enum?: readonly unknown[]
  readonly anyOf?: readonly Schema[]
  readonly items?: Schema
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: Schema
}

const TYPES: Readonly<Record<string, (value: unknown) => boolean>> = {
  string: (value) => typeof value === 'string',
  boolean: (value) => typeof value === 'boolean',
  number: (value) => typeof value === 'number',
  integer: Number.isInteger,
  array: Array.isArray,
  null: (value) => value === null,
  object: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
}

/** Where a value is not what the schema says, or has what the schema does not name. */
export function faults(value: unknown, schema: Schema, path = ''): readonly string[] {
  if (schema.anyOf) {
    const tried = schema.anyOf.map((form) => faults(value, form, path))
    return tried.some((one) => one.length === 0) ? [] : tried.flat()
  }
  if (schema.enum) return schema.enum.includes(value) ? [] : [`${path}: ${value}`]
  if (schema.type === undefined) return []
  if (!TYPES[schema.type ?? '']?.(value)) return [`${path}: not ${schema.type}`]
  if (Array.isArray(value))
    return value.flatMap((one, at) => faults(one, schema.items ?? {}, `${path}[${at}]`))
  if (schema.type !== 'object') return []
  const members = Object.entries(value as object)
  const missing = (schema.required ?? []).filter((key) => !members.some(([name]) => name === key))
  return [
    ...missing.map((key) => `${path}.${key}: missing`),
    ...members.flatMap(([key, member]) => {
      const known = schema.properties?.[key] ?? schema.additionalProperties
      return known ? faults(member, known, `${path}.${key}`) : [`${path}.${key}: not in the schema`]
    }),
  ]
}

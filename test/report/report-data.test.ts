import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { reportData } from '../../src/report/report-data.ts'
import { hostileReport, sampleReport } from './sample.ts'

interface Schema {
  readonly type?: string
  readonly enum?: readonly unknown[]
  readonly anyOf?: readonly Schema[]
  readonly items?: Schema
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: Schema
}

const SCHEMA = JSON.parse(readFileSync('schemas/report.schema.json', 'utf8')) as Schema

const TYPES: Readonly<Record<string, (value: unknown) => boolean>> = {
  string: (value) => typeof value === 'string',
  boolean: (value) => typeof value === 'boolean',
  number: (value) => typeof value === 'number',
  integer: Number.isInteger,
  array: Array.isArray,
  object: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
}

/** Where a value is not what the schema says, or has what the schema does not name. */
function faults(value: unknown, schema: Schema, path = ''): readonly string[] {
  if (schema.anyOf) {
    const tried = schema.anyOf.map((form) => faults(value, form, path))
    return tried.some((one) => one.length === 0) ? [] : tried.flat()
  }
  if (schema.enum) return schema.enum.includes(value) ? [] : [`${path}: ${value}`]
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

const written = (data: object): unknown => JSON.parse(JSON.stringify(data))

describe('report.json', () => {
  it.each([
    ['a good report', sampleReport],
    ['one of a lab that is down', () => sampleReport({ load: undefined }, { master: 'down', slave: 'down' })],
    ['hostile words', hostileReport],
  ])('is as its schema says: %s', async (_name, make) => {
    expect(faults(written(reportData(await make())), SCHEMA)).toEqual([])
  })

  it('has names in camelCase, and the hash of each copied file', async () => {
    const data = written(reportData(await sampleReport())) as { files: { sha256: string }[] }
    const keys = JSON.stringify(data).match(/"[A-Za-z_]+":/g) ?? []
    expect(keys.filter((key) => key.includes('_'))).toEqual([])
    expect(data.files[0]?.sha256).toMatch(/^[0-9a-f]{64}$/)
  })
})

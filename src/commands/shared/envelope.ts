import manifest from '../../../package.json' with { type: 'json' }

/** What `--json` prints: each has its schema in the package, `schemas/<name>.schema.json`. */
export type SchemaName =
  | 'backups'
  | 'config'
  | 'doctor'
  | 'drill-check'
  | 'drill-results'
  | 'exam'
  | 'explain'
  | 'grade'
  | 'plan'
  | 'secrets'
  | 'status'
  | 'verify'

/**
 * One envelope for all that is printed for machines: which schema it follows, of which lab, when, by which version.
 * @param lab its name; `null` where the folder has none
 * @returns one object; times in it are ISO 8601, sizes bytes, durations milliseconds
 */
export function envelope(schema: SchemaName, lab: string | null, content: object): object {
  return {
    schema: `${manifest.name}/schemas/${schema}.schema.json`,
    version: manifest.version,
    lab,
    at: new Date().toISOString(),
    ...content,
  }
}

/** The same, as text. */
export function enveloped(schema: SchemaName, lab: string | null, content: object): string {
  return JSON.stringify(envelope(schema, lab, content), null, 2)
}

function inCamelCase(name: string): string {
  return name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
}

/** Names as PostgreSQL has them, and seconds, become what machines get: camelCase, and milliseconds. */
export function forMachines(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(forMachines)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => {
      const name = inCamelCase(key)
      const isSpan = /^seconds$|Seconds$/.test(name) && typeof member === 'number'
      return isSpan
        ? [name.replace(/seconds$/, 'ms').replace(/Seconds$/, 'Ms'), Math.round(member * 1000)]
        : [name, forMachines(member)]
    }),
  )
}

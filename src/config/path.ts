/** The keys that lead to a setting: `['slaves', 1, 'address']`. */
export type Keys = readonly (string | number)[]

/** A text in quotes that no terminal takes for a command: JSON leaves some control characters as they are. */
export function quoted(text: string): string {
  const escaped = (letter: string) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`
  return JSON.stringify(text).replaceAll(/[\u007f-\u009f\u2028\u2029]/g, escaped)
}

/** Writes keys as a person would: `slaves[1].address`, `postgres.settings["auto_explain.log_analyze"]`. */
export function pathOf(keys: Keys): string {
  return keys.reduce<string>((path, key) => {
    if (typeof key === 'number') return `${path}[${key}]`
    if (!/^[A-Za-z_]\w*$/.test(key)) return `${path}[${quoted(key)}]`
    return path ? `${path}.${key}` : key
  }, '')
}

/** Reads back what `pathOf` wrote. */
export function keysOf(path: string): Keys {
  const parts = path.matchAll(/\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]|([A-Za-z_]\w*)/g)
  return Array.from(parts, ([, index, inQuotes, name = '']) => {
    if (index !== undefined) return Number(index)
    return inQuotes === undefined ? name : (JSON.parse(inQuotes) as string)
  })
}

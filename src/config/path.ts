/** The keys that lead to a setting: `['slaves', 1, 'address']`. */
export type Keys = readonly (string | number)[]

/** Writes keys as a person would: `slaves[1].address`, `postgres.settings["auto_explain.log_analyze"]`. */
export function pathOf(keys: Keys): string {
  return keys.reduce<string>((path, key) => {
    if (typeof key === 'number') return `${path}[${key}]`
    if (!/^[A-Za-z_]\w*$/.test(key)) return `${path}[${JSON.stringify(key)}]`
    return path ? `${path}.${key}` : key
  }, '')
}

/** Reads back what `pathOf` wrote. */
export function keysOf(path: string): Keys {
  const parts = path.matchAll(/\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]|([A-Za-z_]\w*)/g)
  return Array.from(parts, ([, index, quoted, name = '']) => {
    if (index !== undefined) return Number(index)
    return quoted === undefined ? name : (JSON.parse(quoted) as string)
  })
}

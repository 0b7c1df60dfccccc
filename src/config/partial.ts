import { type Keys, pathOf } from './path.ts'
import { placesOf } from './problems.ts'
import { type Config, parseConfig, withoutAliases } from './schema.ts'

/** A setting was read whose value is no valid one, so nothing follows from it. */
export class WrongSetting extends Error {}

/**
 * What of a wrong config is right.
 * @param input the config as it was given, with issues
 * @returns a config that throws `WrongSetting` where one of its wrong settings is read; `undefined` when it is wrong as
 * a whole
 */
export function partialConfig(input: unknown): Config | undefined {
  const wrong = new Set<string>()
  let rest = copy(withoutAliases(input))
  for (;;) {
    const result = parseConfig(rest)
    if ('config' in result) return guarded(result.config, wrong, [])
    const places = placesOf(result.issues)
    if (places.some((keys) => keys.length === 0)) return undefined
    for (const keys of places) {
      wrong.add(pathOf(keys))
      rest = without(rest, keys)
    }
  }
}

function copy(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(copy)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, copy(inner)]))
}

/** A list keeps its length, so that the others keep their places. */
function without(value: unknown, [key, ...deeper]: Keys): unknown {
  if (Array.isArray(value)) {
    return value.map((inner, index) => {
      if (index !== key) return inner
      return deeper.length ? without(inner, deeper) : {}
    })
  }
  if (typeof value !== 'object' || value === null) return undefined
  const { [String(key)]: inner, ...others } = value as Record<string, unknown>
  return deeper.length ? { ...others, [String(key)]: without(inner, deeper) } : others
}

function guarded<T extends object>(value: T, wrong: ReadonlySet<string>, keys: Keys): T {
  return new Proxy(value, {
    get(target, key) {
      const inner: unknown = Reflect.get(target, key)
      if (typeof key === 'symbol' || typeof inner === 'function') return inner
      const here = [...keys, Array.isArray(target) && /^\d+$/.test(key) ? Number(key) : key]
      if (wrong.has(pathOf(here))) throw new WrongSetting(pathOf(here))
      return typeof inner === 'object' && inner !== null ? guarded(inner, wrong, here) : inner
    },
  })
}

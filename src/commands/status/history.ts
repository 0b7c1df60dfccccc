import type { Survey } from '../../observe/status.ts'
import type { Paint } from '../../paint.ts'
import { size } from '../../units.ts'

/** The lags of each standby so far, in bytes, oldest first; `undefined` where nobody knew. */
export type LagHistory = ReadonlyMap<string, readonly (number | undefined)[]>

/** As many looks as one row of a narrow terminal shows. */
const KEPT = 48

const BARS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const

/** Below this a full bar would make much of nothing. */
const LEAST_SCALE_BYTES = 16 * 1024

/** The history with one more look. */
export function remember(history: LagHistory, { nodes }: Survey): LagHistory {
  const standbys = nodes.filter(({ name, role }) => role === 'standby' || history.has(name))
  return new Map(
    standbys.map(({ name, lag }) => [name, [...(history.get(name) ?? []), lag?.bytes].slice(-KEPT)]),
  )
}

/** A row a standby: how its lag went, what it is, what it was at most. */
export function showHistory(history: LagHistory, paint: Paint, width: number): readonly string[] {
  if (history.size === 0) return []
  const names = Math.max(...[...history.keys()].map((name) => name.length), 3)
  const rows = [...history].map(([name, lags]) => {
    const known = lags.filter((lag) => lag !== undefined)
    const most = Math.max(0, ...known)
    const now = lags.at(-1)
    const words = `${now === undefined ? 'unknown' : size(now)}, at most ${size(most)}`
    const room = Math.max(0, width - names - words.length - 4)
    return `${name.padEnd(names)}  ${paint('cyan', sparkline(lags.slice(-room)))}  ${words}`
  })
  return [paint('dim', 'LAG'), ...rows]
}

/** One bar a value, the highest for the most; a dot where there is none. */
export function sparkline(values: readonly (number | undefined)[]): string {
  const most = Math.max(LEAST_SCALE_BYTES, ...values.map((value) => value ?? 0))
  return values
    .map((value) => {
      if (value === undefined) return '·'
      return BARS[Math.min(BARS.length - 1, Math.floor((value / most) * BARS.length))] ?? '▁'
    })
    .join('')
}

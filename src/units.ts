const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'] as const

/** `0 B`, `232 kB`, `45.6 MB`; in steps of 1024, as PostgreSQL counts. */
export function size(bytes: number): string {
  const sign = bytes < 0 ? '-' : ''
  let amount = Math.abs(bytes)
  let step = 0
  while (amount >= 1000 && step < UNITS.length - 1) {
    amount /= 1024
    step += 1
  }
  const digits = step === 0 || amount >= 100 ? 0 : 1
  return `${sign}${amount.toFixed(digits)} ${UNITS[step]}`
}

/** `3 ms`, `2.5 s`, `42 s`, `7 min`, `3 h`, `5 d`. */
export function span(seconds: number): string {
  if (seconds < 1) return `${Math.round(Math.max(0, seconds) * 1000)} ms`
  if (seconds < 10) return `${seconds.toFixed(1)} s`
  if (seconds < 100) return `${Math.round(seconds)} s`
  if (seconds < 100 * 60) return `${Math.round(seconds / 60)} min`
  if (seconds < 48 * 3600) return `${Math.round(seconds / 3600)} h`
  return `${Math.round(seconds / 86_400)} d`
}

/** How clocks of a zone show a moment (ms since 1970): `2026-11-25 22:10:05`. */
export function clockIn(timeZone: string): (ms: number) => string {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' })
  return (ms) => format.format(ms)
}

import { UserError } from '../errors.ts'
import { clockIn } from '../units.ts'

/** Up to when is restored, as `--to` says it. */
export type RestoreTarget =
  | {
      readonly kind: 'time'
      /** Seconds since 1970. */
      readonly at: number
      /** In UTC, as PostgreSQL reads it, with every digit that was given: `2026-11-25 19:10:05.25+00`. */
      readonly value: string
      /** The zone that was assumed, because none was given. */
      readonly assumedZone: string | undefined
    }
  | { readonly kind: 'lsn'; readonly value: string }
  | { readonly kind: 'name'; readonly value: string }
  | { readonly kind: 'latest' }

const TIME = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(:\d\d(\.\d{1,6})?)?)?\s?(Z|[+-]\d\d(?::?\d\d)?)?$/i
const LSN = /^[\dA-F]{1,8}\/[\dA-F]{1,8}$/i
/** What people say of a time, and no restore point is called. */
const RELATIVE = /^(now|today|tonight|yesterday|tomorrow|midnight|noon|.*\bago)$/i
const FORMS =
  "a time ('2026-11-25 22:10:05', '2026-11-25T22:10:05+03:00'), an LSN (0/3000060), the name of a restore point, or latest"

/**
 * Reads `--to`.
 * @param timeZone of the servers, for a time that names none
 * @throws UserError when it is nothing one can restore to
 */
export function parseRestoreTarget(text: string, timeZone: string): RestoreTarget {
  if (text === 'latest') return { kind: 'latest' }
  if (LSN.test(text)) return { kind: 'lsn', value: text.toUpperCase() }
  const time = readTime(text, timeZone)
  if (time !== undefined) return time
  if (RELATIVE.test(text)) {
    throw new UserError(`--to ${text} is not a moment: it is relative to today`, { hint: `give ${FORMS}` })
  }
  // Restore points have at most 63 bytes; what looks like a time or an option is a slip.
  const isName = text.trim() !== '' && Buffer.byteLength(text) <= 63 && !/^[\d-]/.test(text)
  if (isName) return { kind: 'name', value: text }
  throw new UserError(`--to ${text} is not a moment`, { hint: `give ${FORMS}` })
}

/**
 * @param timeZone of a time that names none
 * @returns `undefined` when it does not look like a time
 * @throws UserError when there is no such time
 */
export function readTime(text: string, timeZone: string): (RestoreTarget & { kind: 'time' }) | undefined {
  const parts = TIME.exec(text)
  if (!parts) return undefined
  const [, day = '', minutes = '00:00', seconds = ':00', fraction = '', offset] = parts
  const whole = `${day}T${minutes}${seconds.slice(0, 3)}`
  const asUtc = Date.parse(`${whole}Z`)
  // 2026-02-30 is read as March by some; a real moment comes back as it was written.
  if (Number.isNaN(asUtc) || !new Date(asUtc).toISOString().startsWith(whole)) {
    throw new UserError(`${text}: there is no such time`, { hint: 'look at its day, hour and minute' })
  }
  const ms = asUtc - (offset === undefined ? offsetIn(timeZone, asUtc) : offsetOf(offset))
  const value = `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')}${fraction}+00`
  return {
    kind: 'time',
    at: ms / 1000 + Number(fraction || 0),
    value,
    assumedZone: offset === undefined ? timeZone : undefined,
  }
}

/** `+03:00` in milliseconds. */
function offsetOf(offset: string): number {
  if (offset.toUpperCase() === 'Z') return 0
  const [, sign, hours, minutes = '0'] = /^([+-])(\d\d):?(\d\d)?$/.exec(offset) ?? []
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000
}

/** How far a zone is ahead of UTC when its clocks show this. A second look, for the hour the clocks change in. */
function offsetIn(timeZone: string, shownMs: number): number {
  const first = aheadAt(timeZone, shownMs)
  return aheadAt(timeZone, shownMs - first)
}

function aheadAt(timeZone: string, ms: number): number {
  return Date.parse(`${clockIn(timeZone)(ms).replace(' ', 'T')}Z`) - Math.floor(ms / 1000) * 1000
}

import { diff3Merge, diffComm, type MergeRegion } from 'node-diff3'

/** Whose lines are taken where both sides changed the same place: the user's (`mine`) or ours; `neither` leaves it open. */
export type Preference = 'neither' | 'mine' | 'generated'

/** A place that the user and the config both changed, differently. */
export interface Clash {
  /** First line of it in the user's file, counted from 1. */
  readonly line: number
  readonly theirs: readonly string[]
  readonly ours: readonly string[]
}

export interface Merged {
  /** The result; with clashes and no preference it is the text with markers. */
  readonly text: string
  readonly clashes: readonly Clash[]
}

const YOURS = '<<<<<<< yours'
const BETWEEN = '======='
const GENERATED = '>>>>>>> generated'

/** Whether an editor file still has places nobody has decided about. */
export function hasMarkers(text: string): boolean {
  return text.split(/\r?\n/).some((line) => line === YOURS || line === GENERATED)
}

/** Whether a text ends most of its lines the Windows way. */
export function usesCrlf(text: string): boolean {
  const all = text.split('\n').length - 1
  const windows = text.split('\r\n').length - 1
  return windows * 2 > all
}

type Region = { readonly ok: readonly string[] } | Clash

function fromDiff3(regions: readonly MergeRegion<string>[]): Region[] {
  return regions.map(({ ok, conflict }) =>
    conflict ? { line: conflict.aIndex + 1, theirs: conflict.a, ours: conflict.b } : { ok: ok ?? [] },
  )
}

/** Without a base nobody can tell who changed what, so every difference is a clash. */
function withoutBase(theirs: string[], ours: string[]): Region[] {
  let line = 1
  return diffComm(theirs, ours).map((part): Region => {
    const start = line
    line += (part.common ?? part.buffer1).length
    return part.common ? { ok: part.common } : { line: start, theirs: part.buffer1, ours: part.buffer2 }
  })
}

function regionLines(region: Region, preference: Preference): readonly string[] {
  if ('ok' in region) return region.ok
  if (preference === 'mine') return region.theirs
  if (preference === 'generated') return region.ours
  return [YOURS, ...region.theirs, BETWEEN, ...region.ours, GENERATED]
}

/**
 * Merges line by line, three ways.
 * @param base what we wrote last; `undefined` when that is not known
 * @param theirs what the user made of it, any line ends
 * @param ours what the config gives now, with `\n`
 * @returns the result with the line ends of `theirs`
 */
export function mergeText(
  base: string | undefined,
  theirs: string,
  ours: string,
  preference: Preference = 'neither',
): Merged {
  const crlf = usesCrlf(theirs)
  const a = (crlf ? theirs.replaceAll('\r\n', '\n') : theirs).split('\n')
  const b = ours.split('\n')
  const regions = base === undefined ? withoutBase(a, b) : fromDiff3(diff3Merge(a, base.split('\n'), b))
  const text = regions.flatMap((region) => regionLines(region, preference)).join('\n')
  return {
    text: crlf ? text.replaceAll('\n', '\r\n') : text,
    clashes: regions.filter((region) => 'theirs' in region),
  }
}

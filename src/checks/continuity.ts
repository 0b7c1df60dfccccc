import type { BackupNode } from '../lab.ts'
import { barmanCommand, everything } from '../tools/barman.ts'
import type { Guest } from '../tools/contracts.ts'
import { type Check, lookAtBackup, type Seen } from './check.ts'

/*
 * Barman lists from its own catalogue, also what somebody deleted from the disk: so each file it names is looked
 * at. $1 is the server.
 */
const LIST = `barman list-files --target wal "$1" first | while IFS= read -r file; do
  if [ -s "$file" ]; then echo "there $file"; else echo "gone $file"; fi
done`

/** Timeline, and the segment's two numbers, each eight hexadecimal digits. */
const SEGMENT = /([\dA-F]{8})([\dA-F]{8})([\dA-F]{8})(?:\.\w+)?$/

/** Segments of 16 MB (initdb's default) in the 4 GB that the middle number counts. */
const SEGMENTS_A_LOG = 256

export const continuity: Check = {
  id: 'continuity',
  title: 'No WAL segment is missing since the first backup',
  run: (lab, guest) => lookAtBackup('continuity', lab, (backup) => look(backup, guest)),
}

async function look(backup: BackupNode, guest: Guest): Promise<readonly Seen[]> {
  const output = await guest.shell(backup, ['sh', '-c', LIST, 'sh', backup.server], {
    as: 'barman',
    timeoutMs: 60_000,
  })
  const lines = output.stdout.split('\n').filter((line) => SEGMENT.test(line))
  const present = lines.filter((line) => line.startsWith('there ')).map(segmentOf)
  const gone = lines.filter((line) => line.startsWith('gone ')).map(segmentOf)
  const missing = [...gone, ...gaps(lines.map(segmentOf))]
  const first = lines[0] === undefined ? undefined : segmentOf(lines[0])
  return [
    {
      what: 'WAL since the first backup',
      expected: 'no gap',
      observed: missing.length > 0 ? `missing: ${missing.join(', ')}` : span(first, present.at(-1)),
      ok: missing.length === 0 && present.length > 0,
      hint: remedy(backup, first),
      command: barmanCommand(['list-files', '--target', 'wal', backup.server, 'first']),
      output: everything(output),
    },
  ]
}

function span(first: string | undefined, last: string | undefined): string {
  return first === undefined || last === undefined ? 'no WAL after a backup' : `${first} to ${last}`
}

function segmentOf(line: string): string {
  return SEGMENT.exec(line)?.slice(1, 4).join('') ?? ''
}

/** Counts on over timelines: a promoted server goes on in the segment where it left the old one. */
function numberOf(segment: string): number {
  return Number.parseInt(segment.slice(8, 16), 16) * SEGMENTS_A_LOG + Number.parseInt(segment.slice(16), 16)
}

/** The holes of a list of segments, as `between A and B`. */
function gaps(segments: readonly string[]): readonly string[] {
  return segments.slice(1).flatMap((segment, at) => {
    const before = segments[at] ?? segment
    return numberOf(segment) - numberOf(before) > 1 ? [`between ${before} and ${segment}`] : []
  })
}

function remedy(backup: BackupNode, first: string | undefined): string {
  if (first === undefined)
    return 'There is no backup, or no WAL after it. Take the first one: npx create-pg-lab provision'
  return (
    `No backup before the hole can be restored to a moment after it. Take a new one: npx create-pg-lab backup; ` +
    `and give the old ones up, from the oldest on: sudo -u barman barman delete ${backup.server} first`
  )
}

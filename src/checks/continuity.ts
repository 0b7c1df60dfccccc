import { barmanHas } from '../catalog/barman.ts'
import type { BackupNode } from '../lab.ts'
import { askBarman, barmanCommand, barmanConfig, barmanVersion } from '../postgres/barman.ts'
import { bytesOf, walReader } from '../postgres/wal.ts'
import { scripted } from '../scripts/index.ts'
import { shellWord } from '../tools/process/quote.ts'
import type { Guest } from '../tools/ssh/guest-contract.ts'
import { type Check, lookAtBackup, type Seen } from './support/check.ts'

/** Timeline, and the segment's two numbers, each eight hexadecimal digits. */
const SEGMENT = /([\dA-F]{8})([\dA-F]{8})([\dA-F]{8})(?:\.\w+)?$/

/** initdb's default, where no backup says what was chosen for the cluster. */
const SEGMENT_BYTES = 16 * 1024 ** 2

/** What the middle number of a segment's name counts. */
const LOG_BYTES = 4 * 1024 ** 3

export const continuity: Check = {
  id: 'continuity',
  title: 'No WAL segment is missing since the first backup',
  run: (lab, guest) => lookAtBackup('continuity', lab, (backup) => lookForGaps(backup, guest)),
}

async function lookForGaps(backup: BackupNode, guest: Guest): Promise<readonly Seen[]> {
  const { config } = await barmanConfig(guest, backup)
  const archive = String(config.wals_directory)
  const words = [backup.server, archive, String(config.backup_directory), ...walReader(backup)]
  const output = await guest.shell(backup, scripted('list-wal.sh', words), {
    as: 'barman',
    timeoutMs: 180_000,
  })
  const lines = output.stdout.split('\n')
  const segments = (word: string) =>
    lines.filter((line) => line.startsWith(`${word} `) && SEGMENT.test(line)).map(segmentOf)
  const listed = lines.filter((line) => /^(there|gone) /.test(line)).map(segmentOf)
  const bytes = Number(/^segment (\d+)$/m.exec(output.stdout)?.[1] ?? SEGMENT_BYTES)
  const present = segments('there')
  const missing = [...segments('gone'), ...gaps(listed, LOG_BYTES / bytes)]
  const first = listed[0]
  const linesOf = (word: RegExp) => lines.filter((line) => word.test(line)).join('\n')
  const sinceFirst = {
    what: 'WAL since the first backup',
    expected: 'no gap',
    observed: observed(missing, first, present.at(-1)),
    ok: missing.length === 0 && present.length > 0,
    hint: remedy(backup, first),
    command: barmanCommand(['list-files', '--target', 'wal', backup.server, 'first']),
    output: [linesOf(/^(there|gone) /), output.stderr.trim()].filter(Boolean).join('\n'),
  }
  const [newest] = segments('newest')
  if (newest === undefined) return [sinceFirst]
  const toNow = {
    ...seeWayToNow(newest, segments('filed'), branchesOf(lines, bytes), LOG_BYTES / bytes),
    command: `sudo -u barman find ${shellWord(archive)} -type f`,
    output: linesOf(/^(newest|filed|left) /),
  }
  return [sinceFirst, toNow, ...(await askBarmanItself(backup, guest, newest, segments('filed')))]
}

/** What Barman says of it, where it can tell: of one timeline, from 3.20 on. */
async function askBarmanItself(
  backup: BackupNode,
  guest: Guest,
  newest: string,
  filed: readonly string[],
): Promise<readonly Seen[]> {
  const last = filed
    .filter((segment) => timelineOf(segment) === timelineOf(newest))
    .toSorted()
    .at(-1)
  if (last === undefined || last < newest) return []
  if (!barmanHas(await barmanVersion(guest, backup), 'check_archived_wal_range')) return []
  const answer = await askBarman(guest, backup, ['check-archived-wal-range'], [newest, last])
  const { exitCode, errors, command, output } = answer
  return [
    {
      what: 'check-archived-wal-range of Barman',
      expected: 'nothing missing',
      observed: exitCode === 0 ? 'nothing missing' : errors.join('; ') || output,
      ok: exitCode === 0,
      hint: 'No backup can be restored to now. Take a new one: npx create-pg-lab backup',
      command,
      output,
    },
  ]
}

/** A timeline that was left, and the number of the segment in which the next one begins. */
interface LeftTimeline {
  readonly timeline: number
  readonly leftIn: number
}

/** Lines of a history: `left 1	0/A033A28	no recovery target specified`. */
function branchesOf(lines: readonly string[], segmentBytes: number): readonly LeftTimeline[] {
  return lines.flatMap((line) => {
    const [, timeline, lsn] = /^left (\d+)\s+([\dA-F]+\/[\dA-F]+)/.exec(line) ?? []
    if (lsn === undefined) return []
    return [{ timeline: Number(timeline), leftIn: Number(bytesOf(lsn) / BigInt(segmentBytes)) }]
  })
}

/**
 * A restore to now replays each segment on the timeline that was the newest there.
 * @param newest the segment in which the newest backup begins
 * @param aLog segments in what the middle number of their names counts
 */
function seeWayToNow(
  newest: string,
  filed: readonly string[],
  branches: readonly LeftTimeline[],
  aLog: number,
): Seen {
  const timelines = [
    ...branches.map(({ timeline }) => timeline),
    Math.max(...[newest, ...filed].map(timelineOf)),
  ]
  const last =
    filed
      .filter((segment) => timelineOf(segment) === timelines.at(-1))
      .toSorted()
      .at(-1) ?? newest
  const isThere = new Set(filed)
  const missing = Array.from({ length: numberOf(last, aLog) - numberOf(newest, aLog) + 1 }, (_, at) => {
    const number = numberOf(newest, aLog) + at
    const left = branches.filter(({ leftIn }) => leftIn <= number).length
    return segmentName(timelines[left] ?? 1, number, aLog)
  }).filter((segment) => !isThere.has(segment))
  return {
    what: 'WAL from the newest backup to now',
    expected: 'no gap',
    observed: observed(missing, newest, last),
    ok: missing.length === 0,
    hint: 'No backup can be restored to now. Take a new one: npx create-pg-lab backup',
  }
}

function timelineOf(segment: string): number {
  return Number.parseInt(segment.slice(0, 8), 16)
}

function segmentName(timeline: number, number: number, aLog: number): string {
  const parts = [timeline, Math.floor(number / aLog), number % aLog]
  return parts.map((part) => part.toString(16).toUpperCase().padStart(8, '0')).join('')
}

function observed(missing: readonly string[], first: string | undefined, last: string | undefined): string {
  if (missing.length > 0) return `missing: ${missing.join(', ')}`
  return first === undefined || last === undefined ? 'no WAL after a backup' : `${first} to ${last}`
}

function segmentOf(line: string): string {
  return SEGMENT.exec(line)?.slice(1, 4).join('') ?? ''
}

/** Counts on over timelines: a promoted server goes on in the segment where it left the old one. */
function numberOf(segment: string, aLog: number): number {
  return Number.parseInt(segment.slice(8, 16), 16) * aLog + Number.parseInt(segment.slice(16), 16)
}

/** The gaps in a list of segments, as `between A and B`. */
function gaps(segments: readonly string[], aLog: number): readonly string[] {
  return segments.slice(1).flatMap((segment, at) => {
    const before = segments[at] ?? segment
    return numberOf(segment, aLog) - numberOf(before, aLog) > 1 ? [`between ${before} and ${segment}`] : []
  })
}

function remedy(backup: BackupNode, first: string | undefined): string {
  if (first === undefined)
    return 'There is no backup, or no WAL after it. Take the first one: npx create-pg-lab provision'
  return (
    `No backup before the gap can be restored to a moment after it. Take a new one: npx create-pg-lab backup; ` +
    `and delete the old ones, oldest first: sudo -u barman barman delete ${backup.server} first`
  )
}

import { ageS } from '../../observe/backups.ts'
import type { NodeState, SlotState, Survey } from '../../observe/status.ts'
import type { Paint } from '../../paint.ts'
import { type Branch, treeOf } from '../../report/streaming-tree.ts'
import { oneLine } from '../../tools/process/clean-output.ts'
import { size, span } from '../../units.ts'
import { type Cell, type Columns, cut, fittedTable } from '../shared/table.ts'
import { type LagHistory, showHistory } from './history.ts'

export interface ScreenOptions {
  readonly paint: Paint
  /** Columns of the terminal; longer lines are cut. */
  readonly width: number
  /** Which lab it is: `otus · PostgreSQL 15 on Debian 12, docker`. */
  readonly title: string
  readonly history?: LagHistory
}

/** The lab on one screen of 80 × 24. */
export function showStatus(survey: Survey, options: ScreenOptions): string {
  const { paint, width } = options
  const blocks = [
    [headline(survey, options)],
    fittedTable(NODE_COLUMNS, nodeRows(survey), options),
    survey.slots.length > 0 ? fittedTable(SLOT_COLUMNS, slotRows(survey), options) : [],
    figures(survey, options),
    options.history ? showHistory(options.history, paint, width) : [],
    problems(survey, options),
  ]
  return blocks
    .filter((block) => block.length > 0)
    .map((block) => block.join('\n'))
    .join('\n\n')
}

function headline(survey: Survey, { paint, title, width }: ScreenOptions): string {
  const time = new Date(survey.at).toTimeString().slice(0, 8)
  const name = cut(title, width - time.length - 1)
  const gap = ' '.repeat(Math.max(1, width - name.length - time.length))
  return `${paint('bold', name)}${gap}${paint('dim', time)}`
}

const NODE_COLUMNS: Columns = [
  ['NODE', 0],
  ['ADDRESS', 7],
  ['ROLE', 1],
  ['STATE', 0],
  ['SYNC', 2],
  ['TL', 4],
  ['LSN', 3],
  ['LAG', 0],
  ['WRITE', 6],
  ['FLUSH', 5],
  ['REPLAY', 0],
]

const SLOT_COLUMNS: Columns = [
  ['SLOT', 0],
  ['ON', 1],
  ['FOR', 2],
  ['STATE', 0],
  ['KEEPS', 0],
]

function nodeRows(survey: Survey): readonly (readonly Cell[])[] {
  return treeOf(survey.nodes).flatMap((branch) => branchRows(branch, '', ''))
}

/** @param first goes before the node's name  @param rest before those below it */
function branchRows({ node, children }: Branch, first: string, rest: string): (readonly Cell[])[] {
  const last = children.length - 1
  return [
    nodeRow(node, first),
    ...children.flatMap((child, at) =>
      branchRows(child, `${rest}${at === last ? '└─ ' : '├─ '}`, `${rest}${at === last ? '   ' : '│  '}`),
    ),
  ]
}

function nodeRow(node: NodeState, prefix: string): readonly Cell[] {
  const { name, address, role, state, sync, timeline, lsn, lag } = node
  const after = (seconds: number | undefined) => (seconds === undefined ? '' : span(seconds))
  return [
    { text: `${prefix}${name}`, style: 'bold' },
    address,
    role === 'unknown' ? '?' : role,
    { text: state, style: node.ok ? 'green' : 'red' },
    sync ?? '',
    timeline === undefined ? '' : String(timeline),
    lsn ?? '',
    lag ? size(lag.bytes) : '',
    after(lag?.writeSeconds),
    after(lag?.flushSeconds),
    after(lag?.seconds),
  ]
}

function slotRows({ slots }: Survey): readonly (readonly Cell[])[] {
  return slots.map((slot) => [
    slot.slot_name,
    slot.node,
    slot.user ?? '?',
    { text: slotState(slot), style: slot.active ? 'green' : 'red' } as const,
    slot.retained === null ? 'no WAL yet' : `${size(slot.retained)} of WAL`,
  ])
}

function slotState({ active, wal_status }: SlotState): string {
  const isAtRisk = wal_status !== null && wal_status !== 'reserved'
  return `${active ? 'active' : 'inactive'}${isAtRisk ? `, WAL ${wal_status}` : ''}`
}

function figures(survey: Survey, { paint, width }: ScreenOptions): readonly string[] {
  const disks = survey.nodes.flatMap(({ name, disk }) => (disk ? [diskWords(name, disk)] : []))
  const rows = [
    ['BACKUPS', backupWords(survey)],
    ['ARCHIVE', archiveWords(survey)],
    ['RESTORE', rehearsalWords(survey)],
    ['DISK', disks.length > 0 ? `free: ${disks.join(', ')}` : ''],
  ].filter(([, words]) => words)
  return rows.map(
    ([name = '', words = '']) => `${paint('dim', name.padEnd(7))}  ${cutButCommands(words, width - 9)}`,
  )
}

/** Below this share of the whole it is time to act. */
const LOW_DISK = 0.1

function diskWords(name: string, { freeBytes, totalBytes }: NonNullable<NodeState['disk']>): string {
  const share = freeBytes / totalBytes
  return `${name} ${size(freeBytes)}${share < LOW_DISK ? ` (only ${Math.round(share * 100)} %)` : ''}`
}

function backupWords({ backups }: Survey): string {
  if (!backups) return ''
  const { count, bytes, newest } = backups
  if (!newest) return 'none yet'
  const age = newest.endedAt ? ageWords(backups, newest.endedAt) : 'done'
  const status = newest.status === 'DONE' ? age : newest.status
  return `${count}, ${size(bytes)}; newest ${newest.id}: ${size(newest.bytes)}, ${status}`
}

function archiveWords({ backups }: Survey): string {
  if (!backups) return ''
  const { newestWal } = backups
  return newestWal ? `newest WAL ${newestWal.name}, ${ageWords(backups, newestWal.writtenAt)}` : 'no WAL yet'
}

/** The schedule of the base backup says how old the newest may be. */
function ageWords(backups: NonNullable<Survey['backups']>, at: string): string {
  const seconds = ageS(backups, at)
  const { maximumAgeHours } = backups
  const isOld = seconds > maximumAgeHours * 3600
  return `${span(seconds)} ago (${isOld ? 'too old: ' : ''}at most ${maximumAgeHours} h)`
}

function rehearsalWords({ backups }: Survey): string {
  if (!backups) return ''
  const { rehearsed } = backups
  if (!rehearsed) return 'never rehearsed: npx create-pg-lab verify --restore'
  const result = rehearsed.ok ? 'good' : `failed: ${oneLine(rehearsed.said)}`
  return `rehearsed ${span(ageS(backups, rehearsed.at))} ago from ${rehearsed.backup}: ${result}`
}

/** What is wrong and what to type; hosts with the same trouble share it. */
function problems({ nodes, primary }: Survey, { paint, width }: ScreenOptions): readonly string[] {
  const missing = primary === undefined ? [`${paint('red', '✖')} Not exactly one primary answers`] : []
  const troubles = new Map<string, { names: string[]; problem: string; hint: string | undefined }>()
  for (const { name, problem, hint } of nodes) {
    if (problem === undefined) continue
    const trouble = troubles.get(`${problem}\n${hint}`) ?? { names: [], problem, hint }
    trouble.names.push(name)
    troubles.set(`${problem}\n${hint}`, trouble)
  }
  const lines = [...troubles.values()].flatMap(({ names, problem, hint }) => {
    const who = cut(names.join(', '), Math.floor(width / 2))
    return [
      `${paint('red', '✖')} ${paint('bold', who)}  ${cut(oneLine(problem), width - who.length - 4)}`,
      ...(hint ? [`  ${paint('cyan', '→')} ${hint}`] : []),
    ]
  })
  return [...missing, ...lines]
}

/** A command is typed whole or not at all. */
function cutButCommands(text: string, width: number): string {
  return text.includes('npx ') ? text : cut(text, width)
}

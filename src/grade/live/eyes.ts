import { CommandError } from '../../errors.ts'
import type { LabNode } from '../../lab.ts'
import { literal } from '../../postgres/sql.ts'
import { askUntil } from '../../tools/process/ask-until.ts'
import type { Output } from '../../tools/runner.ts'
import type { Guest } from '../../tools/ssh/guest-contract.ts'
import type { Judged } from '../criteria/criterion.ts'
import type { GradeWords, LiveId } from '../grade-words.ts'

/** What the machines of a hand-in are asked by our own questions, whoever wrote it. */
export type Eyes = Readonly<Record<Exclude<LiveId, 'up' | 'again'>, Judged>>

const IN_RECOVERY = 'SELECT pg_is_in_recovery() AS standby'
const RECEIVER = "SELECT slot_name FROM pg_stat_wal_receiver WHERE status = 'streaming'"
/** With its schema: our sessions look into pg_catalog alone. */
const TABLE = 'public.pg_lab_grade'
const ROW_WITHIN = { everyMs: 500, withinMs: 20_000 }
/** cron calls `barman cron` every minute, and WAL has to come once. */
const CHECK_WITHIN = { everyMs: 5_000, withinMs: 150_000 }
const BACKUP_MS = 5 * 60_000

interface EyesOn {
  readonly guest: Guest
  readonly primaries: readonly LabNode[]
  readonly standbys: readonly LabNode[]
  readonly words: GradeWords
}

/** Looks at machines that run. @param names as Vagrant calls them */
export async function lookAtMachines(
  names: readonly string[],
  guest: Guest,
  words: GradeWords,
): Promise<Eyes> {
  const nodes = names.map(nodeOf)
  const servers = await Promise.all(
    nodes.map(async (node) => ({ node, standby: await isStandby(guest, node) })),
  )
  const asking = {
    guest,
    words,
    primaries: servers.flatMap(({ node, standby }) => (standby === false ? [node] : [])),
    standbys: servers.flatMap(({ node, standby }) => (standby === true ? [node] : [])),
  }
  const streams = await seeStreams(asking)
  const row = await seeRow(asking)
  const readOnly = await seeReadOnly(asking)
  return { streams, row, readOnly, ...(await seeBarman(nodes, asking)) }
}

/** A machine that nothing is known of but its name. */
function nodeOf(name: string): LabNode {
  return { role: 'slave', name, address: '', memoryMb: 0, cpus: 0 }
}

/** `undefined`: no PostgreSQL that answers. */
async function isStandby(guest: Guest, node: LabNode): Promise<boolean | undefined> {
  const rows = await orNothing(() => guest.rows<{ standby: boolean }>(node, IN_RECOVERY))
  return rows?.[0]?.standby
}

async function orNothing<Value>(work: () => Promise<Value>): Promise<Value | undefined> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof CommandError) return undefined
    throw error
  }
}

async function seeStreams({ guest, primaries, standbys, words: { seen } }: EyesOn): Promise<Judged> {
  const command = `psql -c "${RECEIVER}"`
  const named = (nodes: readonly LabNode[]) => nodes.map(({ name }) => name).join(', ')
  if (primaries.length !== 1 || standbys.length === 0) {
    return { outcome: 'failed', seen: [seen.servers(named(primaries), named(standbys))], command }
  }
  const told = await Promise.all(
    standbys.map(async ({ name, ...node }) => {
      const rows = await orNothing(() =>
        guest.rows<{ slot_name: string | null }>({ name, ...node }, RECEIVER),
      )
      const [receiver] = rows ?? []
      if (!receiver) return { ok: false, text: seen.streamsNot(name) }
      const slot = receiver.slot_name ?? ''
      return { ok: slot !== '', text: seen.streams(name, slot) }
    }),
  )
  return judgedAll(told, command)
}

/** Each is as asked, or those are told that are not. */
function judgedAll(
  told: readonly { readonly ok: boolean; readonly text: string }[],
  command: string,
): Judged {
  const faults = told.filter(({ ok }) => !ok)
  return {
    outcome: faults.length === 0 ? 'met' : 'failed',
    seen: (faults.length === 0 ? told : faults).map(({ text }) => text),
    command,
  }
}

/** A row that is written on the primary comes to every standby; it is taken away again. */
async function seeRow({ guest, primaries: [primary], standbys, words: { seen } }: EyesOn): Promise<Judged> {
  const mark = `grade ${Date.now()}`
  const command = `psql -c "SELECT v FROM ${TABLE}"`
  if (!primary || standbys.length === 0) return { outcome: 'failed', seen: [seen.nobodyToRead], command }
  const make = `DROP TABLE IF EXISTS ${TABLE}; CREATE TABLE ${TABLE} AS SELECT ${literal(mark)}::text AS v;`
  const isMade = await orNothing(() => guest.execute(primary, make).then(() => true))
  if (!isMade) return { outcome: 'failed', seen: [seen.noWrite(primary.name)], command }
  const arrived = await Promise.all(
    standbys.map(async (node) => {
      const look = () => orNothing(() => guest.rows<{ v: string }>(node, `SELECT v FROM ${TABLE}`))
      const rows = await askUntil(look, (found) => found?.[0]?.v === mark, ROW_WITHIN)
      const ok = rows?.[0]?.v === mark
      return { ok, text: ok ? seen.rowCame(node.name) : seen.rowMissing(node.name) }
    }),
  )
  await orNothing(() => guest.execute(primary, `DROP TABLE IF EXISTS ${TABLE}`))
  return judgedAll(arrived, command)
}

async function seeReadOnly({ guest, standbys, words: { seen } }: EyesOn): Promise<Judged> {
  const sql = `CREATE TABLE ${TABLE}_on_a_standby ()`
  const command = `psql -c "${sql}"`
  if (standbys.length === 0) return { outcome: 'failed', seen: [seen.nobodyToRead], command }
  const told = await Promise.all(
    standbys.map(async (node) => {
      try {
        await guest.execute(node, sql)
        return { ok: false, text: seen.writes(node.name) }
      } catch (error) {
        if (!(error instanceof CommandError)) throw error
        const isRefused = error.lastLines.some((line) => line.includes('read-only transaction'))
        return { ok: isRefused, text: isRefused ? seen.readOnly(node.name) : seen.answersNot(node.name) }
      }
    }),
  )
  return judgedAll(told, command)
}

async function seeBarman(
  nodes: readonly LabNode[],
  { guest, words: { seen } }: EyesOn,
): Promise<Pick<Eyes, 'barman' | 'backup'>> {
  const barman = (node: LabNode, words: readonly string[], timeoutMs = 60_000) =>
    orNothing(() => guest.shell(node, ['barman', ...words], { as: 'barman', timeoutMs }))
  const listed = await Promise.all(
    nodes.map(async (node) => ({ node, output: await barman(node, ['list-server', '--minimal']) })),
  )
  const host = listed.find(({ output }) => output?.exitCode === 0 && output.stdout.trim() !== '')
  const server = host?.output?.stdout.trim().split(/\s+/)[0] ?? ''
  const commands = { check: `barman check ${server}`.trim(), backup: `barman backup ${server}`.trim() }
  if (!host) {
    const nothing = { outcome: 'unasked' as const, seen: [seen.noBarman] }
    return {
      barman: { ...nothing, command: commands.check },
      backup: { ...nothing, command: commands.backup },
    }
  }
  const backup = await barman(host.node, ['backup', server], BACKUP_MS)
  const check = await askUntil(
    () => barman(host.node, ['check', server]),
    (output) => output?.exitCode === 0,
    CHECK_WITHIN,
  )
  return {
    barman: judgedBy(check, commands.check, seen.checkOk(server)),
    backup: judgedBy(backup, commands.backup, seen.backupOk(server)),
  }
}

/** By its exit code; what it complains of is told. */
function judgedBy(output: Output | undefined, command: string, well: string): Judged {
  if (output?.exitCode === 0) return { outcome: 'met', seen: [well], command }
  const lines = `${output?.stdout ?? ''}\n${output?.stderr ?? ''}`.split('\n').map((line) => line.trim())
  const bad = lines.filter((line) => /FAILED|ERROR|FATAL/.test(line))
  const last = lines.filter((line) => line !== '').at(-1) ?? ''
  return { outcome: 'failed', seen: bad.length > 0 ? bad.slice(0, MOST_LINES) : [last], command }
}

const MOST_LINES = 6

import { programFailed } from '../../errors.ts'
import { type Lab, type LabNode, postgresNodes } from '../../lab.ts'
import { passwordOf } from '../../passwords.ts'
import { identifier } from '../../postgres/sql.ts'
import { scripted } from '../../scripts/index.ts'
import type { Guest } from '../../tools/ssh/guest-contract.ts'
import { LASTING_RUN } from './recording.ts'

/** What a drill makes in the demo database lies in a schema of its own, the writer's table above all. */
export const SCHEMA = 'drill_of_pg_lab'
const TABLE = 'commits'
export const COMMITS = `${SCHEMA}.${TABLE}`

/** What a writer leaves on its host: its passfile when even its trap could not run, and the lines of the lasting one. */
const LEFT_FILES = '/tmp/pg-lab-drill.*'

/** From one commit to the next, on top of what the commit takes: some 80 commits a second. */
const PAUSE_S = 0.01

/*
 * connect_timeout: libpq's least is 2, too short for a computer with much to do. The others end a connection whose other side is gone without a word: the first
 * for what was sent and never confirmed, the rest for a connection that only waits.
 */
const CONNINFO = [
  'target_session_attrs=read-write',
  'connect_timeout=3',
  'tcp_user_timeout=3000',
  'keepalives_idle=1',
  'keepalives_interval=1',
  'keepalives_count=3',
].join(' ')

/**
 * Where the writer runs: on a machine that is not the primary and does not have the bad day, the backup host first.
 * @returns the primary itself where nobody else is left and it is not the victim; else `undefined`
 */
export function writerHost(lab: Lab, primary: LabNode, victim: LabNode): LabNode | undefined {
  const others = postgresNodes(lab).filter(({ name }) => name !== primary.name)
  return [lab.backup, ...others, primary].find((node) => node !== undefined && node.name !== victim.name)
}

/** Makes the writer's table, empty. */
export async function makeTable(lab: Lab, primary: LabNode, guest: Guest): Promise<void> {
  const owner = identifier(lab.database.owner)
  const sql = `DROP SCHEMA IF EXISTS ${SCHEMA} CASCADE;
CREATE SCHEMA ${SCHEMA} AUTHORIZATION ${owner};
CREATE TABLE ${COMMITS} (n bigint PRIMARY KEY, at timestamptz NOT NULL DEFAULT clock_timestamp());`
  await guest.execute(primary, sql, lab.database)
}

/** Drops it. */
export async function dropTable(lab: Lab, primary: LabNode, guest: Guest): Promise<void> {
  const sql = `SET lock_timeout = '10s';
DROP SCHEMA IF EXISTS ${SCHEMA} CASCADE;`
  await guest.execute(primary, sql, lab.database)
}

/** The numbers that are there; none where the table is gone. */
export async function numbersIn(lab: Lab, primary: LabNode, guest: Guest): Promise<ReadonlySet<number>> {
  const exists = await guest.rows(
    primary,
    `SELECT 1 AS there WHERE to_regclass('${COMMITS}') IS NOT NULL`,
    lab.database,
  )
  if (exists.length === 0) return new Set()
  const rows = await guest.rows<{ n: number }>(primary, `SELECT n FROM ${COMMITS}`, lab.database)
  return new Set(rows.map(({ n }) => n))
}

/**
 * Writes until it is stopped or our connection ends.
 * @param directory the lab's folder, where the owner's password lies
 * @param onLine gets what `readRecording` reads, without the time, and `pid PID` first
 */
export async function runWriter(
  {
    lab,
    guest,
    directory,
    host,
  }: { readonly lab: Lab; readonly guest: Guest; readonly directory: string; readonly host: LabNode },
  { base, timeoutMs, onLine }: { base: number; timeoutMs: number; onLine: (line: string) => void },
): Promise<void> {
  const words = [CONNINFO, String(base), String(PAUSE_S), '0', SCHEMA, TABLE]
  await guest.shell(host, ['env', ...environmentOf(lab), ...scripted('writer.sh', words)], {
    stdin: passLine(lab, directory),
    timeoutMs,
    onLine,
  })
}

function environmentOf(lab: Lab): readonly string[] {
  const { name, owner } = lab.database
  const hosts = postgresNodes(lab).map(({ address }) => address)
  return [`PGHOST=${hosts.join(',')}`, 'PGPORT=5432', `PGDATABASE=${name}`, `PGUSER=${owner}`]
}

function passLine(lab: Lab, directory: string): string {
  return `*:*:*:*:${passwordOf(directory, lab.database.owner).replace(/[\\:]/g, '\\$&')}\n`
}

const LASTING_PAUSE_S = 0.1
const LASTING_FILE = '/tmp/pg-lab-drill.lasting'

/** A repair by hand may take a while; then somebody has forgotten the drill. */
const LASTING_S = 6 * 60 * 60

/** Goes on writing, more slowly, when we and our connection are gone: a repair by hand is measured too. */
export async function startLastingWriter(
  {
    lab,
    guest,
    directory,
    host,
  }: { readonly lab: Lab; readonly guest: Guest; readonly directory: string; readonly host: LabNode },
  base: number,
): Promise<void> {
  const words = [CONNINFO, String(base), String(LASTING_PAUSE_S), String(LASTING_RUN), SCHEMA, TABLE]
  const [, , ...program] = scripted('writer.sh', words)
  const start = scripted('start-lasting-writer.sh', [LASTING_FILE, String(LASTING_S), ...program])
  const argv = ['env', ...environmentOf(lab), ...start]
  const output = await guest.shell(host, argv, { stdin: passLine(lab, directory), timeoutMs: 30_000 })
  if (output.exitCode !== 0) throw programFailed(`No writer goes on on ${host.name}`, 'bash', output)
}

/**
 * Ends the lasting writer.
 * @returns its lines by our own clock, `stop` behind them where it ran to the end; none where there was no such writer
 */
export async function endLastingWriter(guest: Guest, host: LabNode): Promise<readonly string[]> {
  const askedMs = Date.now()
  const { stdout } = await guest.shell(host, scripted('end-lasting-writer.sh', [LASTING_FILE]))
  const [head = '', ...lines] = stdout.split('\n')
  const [now, state] = head.split(' ')
  if (state === undefined) return []
  const aheadMs = Number(now) - askedMs
  const ours = lines.flatMap((line) => {
    const [, time, words] = /^(\d+) (.*)/.exec(line) ?? []
    return words === undefined ? [] : [`${Number(time) - aheadMs} ${words}`]
  })
  return state === 'alive' ? [...ours, `${askedMs} stop`] : ours
}

/** Ends a writer in good order: its table stays. */
export async function stopWriter(guest: Guest, host: LabNode, pid: string): Promise<void> {
  await guest.shell(host, ['kill', '-TERM', pid])
}

/** What a writer that was killed has left on a host; one that lasts is ended. */
export async function removeLeftovers(guest: Guest, host: LabNode): Promise<void> {
  await endLastingWriter(guest, host)
  await guest.shell(host, ['sh', '-c', `rm -f -- ${LEFT_FILES}`], { timeoutMs: 20_000 })
}

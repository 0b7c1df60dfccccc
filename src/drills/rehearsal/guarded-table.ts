import { CommandError, programFailed } from '../../errors.ts'
import type { Finding } from '../../finding.ts'
import { restoredServer } from '../../guest-paths.ts'
import type { Lab, LabNode } from '../../lab.ts'
import { removeRestored, restoredPsql } from '../../operations/restore.ts'
import type { Text } from '../../report/drill-report.ts'
import type { Guest } from '../../tools/ssh/guest-contract.ts'
import { BARE_ANSWERS } from '../../tools/ssh/psql-session.ts'
import type { DrillStep, Hint, Stage } from '../drill.ts'
import { backupOf } from './cast.ts'
import { SCHEMA } from './writer.ts'

/** A table somebody would miss. It lies beside the writer's, and goes with it. */
export const GUARDED_TABLE = `${SCHEMA}.precious`

/** What it held when it was whole: count and checksum. */
const WHOLE = `${SCHEMA}.precious_whole`

/** The second before that of a table that notes one, as `restore --to` takes it. */
export function secondBeforeSql(table: string): string {
  return `SELECT to_char((at - interval '1 second') AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US+00') AS target FROM ${table}`
}

/** Some 20 pages. */
const ROWS = 2_000

/** What the table holds. */
export interface Holding {
  readonly rows: number
  readonly checksum: string
}

const HOLDING = `SELECT count(*)::int AS rows, md5(coalesce(string_agg(k || ':' || v, ',' ORDER BY k), '')) AS checksum`

/** Makes the table and notes what it holds. */
export async function makeGuardedTable(
  { lab, guest }: { readonly lab: Lab; readonly guest: Guest },
  primary: LabNode,
): Promise<Holding> {
  const sql = `CREATE TABLE ${GUARDED_TABLE} AS SELECT g AS k, md5(g::text || clock_timestamp()) AS v FROM generate_series(1, ${ROWS}) AS g;
ALTER TABLE ${GUARDED_TABLE} ADD PRIMARY KEY (k);
CREATE TABLE ${WHOLE} AS ${HOLDING} FROM ${GUARDED_TABLE};`
  await guest.execute(primary, sql, lab.database)
  return wholeHolding({ lab, guest }, primary)
}

/** What it held when it was whole, as it was noted then. */
async function wholeHolding(
  { lab, guest }: { readonly lab: Lab; readonly guest: Guest },
  node: LabNode,
): Promise<Holding> {
  const [holding] = await guest.rows<Holding>(node, `SELECT * FROM ${WHOLE}`, lab.database)
  if (!holding) throw new Error('nobody has noted what the table held')
  return holding
}

/** What the table holds on a server. @throws CommandError where it cannot be read whole, in PostgreSQL's own words */
export async function holdingOf(
  { lab, guest }: { readonly lab: Lab; readonly guest: Guest },
  node: LabNode,
): Promise<Holding> {
  const [holding] = await guest.rows<Holding>(node, `${HOLDING} FROM ${GUARDED_TABLE}`, lab.database)
  if (!holding) throw new Error('a count has one row')
  return holding
}

/** Whether the table is whole on a server, as a finding; none where all of the drill is gone. */
export async function judgeGuardedTable(
  live: { readonly lab: Lab; readonly guest: Guest },
  node: LabNode,
): Promise<readonly Finding[]> {
  const asked = { check: 'drill', node: node.name, what: `rows of ${GUARDED_TABLE}` }
  try {
    const sql = `SELECT 1 AS there WHERE to_regclass('${WHOLE}') IS NOT NULL`
    if ((await live.guest.rows(node, sql, live.lab.database)).length === 0) return []
    const [whole, holding] = [await wholeHolding(live, node), await holdingOf(live, node)]
    const told = { expected: describeHolding(whole), observed: describeHolding(holding) }
    return [{ ...asked, ...told, ok: told.expected === told.observed }]
  } catch (error) {
    if (!(error instanceof CommandError)) throw error
    return [{ ...asked, ok: false, expected: 'all of them', observed: error.message }]
  }
}

/** @throws CommandError when this is not all that was noted on the server */
export async function verifyWhole(
  live: { readonly lab: Lab; readonly guest: Guest },
  node: LabNode,
  holding: Holding,
): Promise<void> {
  const [expected, observed] = [describeHolding(await wholeHolding(live, node)), describeHolding(holding)]
  if (expected === observed) return
  throw new CommandError(`${GUARDED_TABLE} holds ${observed}, and not ${expected}`, {
    command: `npx create-pg-lab psql ${node.name} -c 'SELECT count(*) FROM ${GUARDED_TABLE}'`,
  })
}

export function describeHolding({ rows, checksum }: Holding): string {
  return `${rows} rows, ${checksum}`
}

/** The same, for a page. */
export function sayHolding(holding: Holding): Text {
  return { en: describeHolding(holding), ru: `${holding.rows} строк, ${holding.checksum}` }
}

/**
 * Asks the server that was restored on the backup host.
 * @param sql one query
 * @returns its only row
 */
export async function askRestored<Row>(
  { lab, guest }: { readonly lab: Lab; readonly guest: Guest },
  sql: string,
): Promise<Row> {
  const argv = [
    ...restoredPsql(),
    ...BARE_ANSWERS,
    '-v',
    'ON_ERROR_STOP=1',
    '-d',
    lab.database.name,
    '-U',
    lab.database.owner,
  ]
  const stdin = `SELECT row_to_json(q) FROM (${sql}) AS q;\n`
  const output = await guest.shell(backupOf({ lab }), argv, { as: 'barman', stdin })
  if (output.exitCode === 0) return JSON.parse(output.stdout) as Row
  throw programFailed('The restored server does not answer', 'npx create-pg-lab psql backup', output)
}

/** What the table holds there. */
export function restoredHolding(live: { readonly lab: Lab; readonly guest: Guest }): Promise<Holding> {
  return askRestored<Holding>(live, `${HOLDING} FROM ${GUARDED_TABLE}`)
}

/** The program stands beside the psql of the restored server. */
function dumpOf({ name, owner }: Lab['database']): readonly string[] {
  return ['pg_dump', ...restoredServer(), '-U', owner, '-t', GUARDED_TABLE, '--clean', '--if-exists', name]
}

/** Takes the table out of the restored server and puts it in the place of the one on the primary. */
export async function bringBackGuardedTable(stage: Stage): Promise<Holding> {
  await stage.guest.execute(stage.primary, await dumpPrecious(stage), stage.lab.database)
  return holdingOf(stage, stage.primary)
}

async function dumpPrecious({ lab, guest }: { readonly lab: Lab; readonly guest: Guest }): Promise<string> {
  const output = await guest.shell(backupOf({ lab }), dumpOf(lab.database), { as: 'barman' })
  if (output.exitCode === 0) return output.stdout
  throw programFailed(`${GUARDED_TABLE} cannot be taken out of the restored server`, 'pg_dump', output)
}

/** What a person types for both: out of the restored server, into the primary. */
export function bringBackCommand(lab: Lab, primary: string): string {
  const dump = `sudo -u barman ${dumpOf(lab.database).join(' ')}`
  return `npx create-pg-lab ssh ${lab.backup?.name} -- '${dump}' | npx create-pg-lab psql ${primary} -X -q`
}

export const REMOVE_RESTORED_HINT: Hint = {
  en: 'Remove the restored server.',
  ru: 'Удалите восстановленный сервер.',
  type: 'npx create-pg-lab restore --remove',
}

/** The last step of a repair that restored beside the cluster. */
export function removeRestoredStep(stage: Stage): DrillStep {
  return {
    title: { en: 'Remove the restored server', ru: 'Удалить восстановленный сервер' },
    run: (note) => removeRestored({ ...stage, backup: backupOf(stage) }, note),
  }
}

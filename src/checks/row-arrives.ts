import { randomUUID } from 'node:crypto'
import type { Finding } from '../finding.ts'
import type { Lab, LabNode } from '../lab.ts'
import { psqlEvidence } from '../postgres/evidence.ts'
import { identifier, literal } from '../postgres/sql.ts'
import { delayOf, linksOf } from '../postgres/topology.ts'
import { askUntil } from '../tools/process/ask-until.ts'
import type { Guest } from '../tools/ssh/guest-contract.ts'
import { type Check, lookAt, lookAtEach, type Seen, withPrimary } from './support/check.ts'

/** How long a row may take from the primary to a slave. */
const ARRIVES_WITHIN_MS = 5_000
const ASK_EVERY_MS = 100

export const rows: Check = {
  id: 'rows',
  title: 'A row written on the primary appears on every slave',
  writes: true,
  run: (lab, guest) => withPrimary('rows', lab, guest, (primary) => writeAndLook(lab, primary, guest)),
}

async function writeAndLook(lab: Lab, primary: LabNode, guest: Guest): Promise<Finding[]> {
  const { database } = lab
  const table = `public.${identifier(lab.database.table)}`
  const mark = literal(`create-pg-lab verify ${randomUUID()}`)
  const change = (statement: string) => guest.execute(primary, statement, database)
  const insert = `INSERT INTO ${table} (v) VALUES (${mark})`

  let lsn = ''
  const onPrimary = await lookAt('rows', primary, async () => {
    await change(insert)
    lsn = (await guest.rows<{ lsn: string }>(primary, LSN_SQL))[0]?.lsn ?? ''
    return [seeWritten(lab, insert)]
  })
  if (onPrimary.some(({ ok }) => !ok)) return onPrimary
  const find: RowQuestion = {
    sql: `SELECT k, v FROM ${table} WHERE v = ${mark}`,
    database,
    what: 'the row of the primary',
  }
  const receive: RowQuestion = { sql: receivedSql(lsn), database, what: 'the WAL of the row, replayed later' }
  try {
    const slaves = linksOf(lab, primary).map(({ node }) => node)
    const onSlaves = await lookAtEach('rows', slaves, (node) =>
      awaitRow(node, delayOf(lab, node) === '' ? find : receive, guest),
    )
    return [...onPrimary, ...onSlaves]
  } finally {
    await change(`DELETE FROM ${table} WHERE v = ${mark}`)
  }
}

const LSN_SQL = 'SELECT pg_current_wal_lsn()::text AS lsn'

/** Asked of a delayed standby: it has the row, but does not show it before its time. */
function receivedSql(lsn: string): string {
  return `SELECT pg_last_wal_receive_lsn() AS received WHERE pg_last_wal_receive_lsn() >= ${literal(lsn)}`
}

/** What is asked of a slave until it gives a row. */
interface RowQuestion {
  readonly what: string
  readonly sql: string
  readonly database: Lab['database']
}

function seeWritten({ database }: Lab, insert: string): Seen {
  const { command } = psqlEvidence(insert, [], database.name)
  return {
    what: `a row in ${database.name}.${database.table}`,
    expected: 'written',
    observed: 'written',
    ok: true,
    command,
  }
}

async function awaitRow(
  node: LabNode,
  { what, sql, database }: RowQuestion,
  guest: Guest,
): Promise<readonly Seen[]> {
  const started = performance.now()
  const waited = () => performance.now() - started
  const found = await askUntil(
    () => guest.rows<object>(node, sql, database),
    (rows) => rows.length > 0,
    { everyMs: ASK_EVERY_MS, withinMs: ARRIVES_WITHIN_MS },
  )
  return [
    {
      what,
      expected: `here within ${ARRIVES_WITHIN_MS / 1000} s`,
      observed: found.length > 0 ? `here within ${(waited() / 1000).toFixed(1)} s` : 'not here',
      ok: found.length > 0,
      hint:
        `${node.name} does not follow, or its replay is paused or far behind. ` +
        'Look at npx create-pg-lab verify --only standby,replication',
      ...psqlEvidence(sql, found, database.name),
    },
  ]
}

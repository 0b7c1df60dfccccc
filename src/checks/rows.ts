import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import type { Finding } from '../finding.ts'
import type { Lab, LabNode } from '../lab.ts'
import { followersOf } from '../tools/cluster.ts'
import type { Guest } from '../tools/contracts.ts'
import { identifier, literal } from '../tools/sql.ts'
import { type Check, lookAt, lookAtEach, type Seen, withPrimary } from './check.ts'
import { psqlEvidence } from './evidence.ts'

/** How long a row may take from the primary to a slave. */
const ARRIVES_WITHIN_MS = 5_000
const ASK_EVERY_MS = 100

export const rows: Check = {
  id: 'rows',
  title: 'A row written on the primary appears on every slave',
  run: (lab, guest) => withPrimary('rows', lab, guest, (primary) => writeAndLook(lab, primary, guest)),
}

async function writeAndLook(lab: Lab, primary: LabNode, guest: Guest): Promise<Finding[]> {
  const { name: database } = lab.database
  const table = `public.${identifier(lab.database.table)}`
  const mark = literal(`pg-lab verify ${randomUUID()}`)
  // A commit that waits for a synchronous standby would hang here; that is another check's business.
  const change = (statement: string) =>
    guest.execute(primary, `SET synchronous_commit = local;\n${statement};`, database)
  const insert = `INSERT INTO ${table} (v) VALUES (${mark})`
  const slaves = followersOf(lab, primary).map(({ node }) => node)

  const onPrimary = await lookAt('rows', primary, async () => {
    await change(insert)
    return [seeWritten(lab, insert)]
  })
  if (onPrimary.some(({ ok }) => !ok)) return onPrimary
  try {
    const sql = `SELECT k, v FROM ${table} WHERE v = ${mark}`
    return [
      ...onPrimary,
      ...(await lookAtEach('rows', slaves, (node) => awaitRow(node, sql, database, guest))),
    ]
  } finally {
    await change(`DELETE FROM ${table} WHERE v = ${mark}`)
  }
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
  sql: string,
  database: string,
  guest: Guest,
): Promise<readonly Seen[]> {
  const started = performance.now()
  const waited = () => performance.now() - started
  let found = await guest.rows<{ k: number; v: string }>(node, sql, database)
  while (found.length === 0 && waited() < ARRIVES_WITHIN_MS) {
    await pause(ASK_EVERY_MS)
    found = await guest.rows(node, sql, database)
  }
  return [
    {
      what: 'the row of the primary',
      expected: `here within ${ARRIVES_WITHIN_MS / 1000} s`,
      observed: found.length > 0 ? `here within ${(waited() / 1000).toFixed(1)} s` : 'not here',
      ok: found.length > 0,
      hint:
        `${node.name} does not follow, or its replay is paused or far behind. ` +
        'Look at pg-lab verify --only standby,replication',
      ...psqlEvidence(sql, found, database),
    },
  ]
}

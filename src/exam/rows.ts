import { randomUUID } from 'node:crypto'
import { CommandError } from '../errors.ts'
import type { Lab, LabNode } from '../lab.ts'
import { identifier, literal } from '../postgres/sql.ts'
import type { Guest } from '../tools/ssh/guest-contract.ts'

const COUNT = 10

/** For IN, which takes no empty list. */
const listOf = (rows: readonly string[]) => ["''", ...rows.map(literal)].join(', ')

const tableOf = ({ database }: Lab) => `public.${identifier(database.table)}`

/**
 * Writes rows that an examinee must not lose.
 * @returns those whose commit was acknowledged: all of them, or none
 */
export async function writeRows(lab: Lab, primary: LabNode, guest: Guest): Promise<readonly string[]> {
  const rows = Array.from({ length: COUNT }, () => `invoice ${randomUUID()}`)
  const values = rows.map((row) => `(${literal(row)})`).join(', ')
  try {
    await guest.execute(primary, `INSERT INTO ${tableOf(lab)} (v) VALUES ${values};`, lab.database)
    return rows
  } catch (error) {
    if (error instanceof CommandError) return []
    throw error
  }
}

/** @returns how many of them are there; `undefined` where the server cannot be asked */
export async function countRows(
  lab: Lab,
  primary: LabNode,
  rows: readonly string[],
  guest: Guest,
): Promise<number | undefined> {
  const sql = `SELECT count(DISTINCT v)::int AS kept FROM ${tableOf(lab)} WHERE v IN (${listOf(rows)})`
  try {
    return (await guest.rows<{ kept: number }>(primary, sql, lab.database))[0]?.kept
  } catch (error) {
    if (error instanceof CommandError) return undefined
    throw error
  }
}

/** Deletes them again, where the server lets us. */
export async function deleteRows(
  lab: Lab,
  primary: LabNode,
  rows: readonly string[],
  guest: Guest,
): Promise<void> {
  try {
    await guest.execute(primary, `DELETE FROM ${tableOf(lab)} WHERE v IN (${listOf(rows)});`, lab.database)
  } catch (error) {
    if (!(error instanceof CommandError)) throw error
  }
}

import { CommandError } from '../../errors.ts'
import type { LabNode } from '../../lab.ts'
import type { Guest } from '../../tools/ssh/guest-contract.ts'

/** How long a question waits for others to the same server. */
const COLLECT_MS = 5

interface BatchedQuery {
  readonly sql: string
  readonly resolve: (rows: readonly unknown[]) => void
  readonly reject: (error: unknown) => void
}

/**
 * Puts questions that come together into one: a psql over ssh costs more than all of them.
 * @param ask puts one query to a server
 * @returns the same, for many callers at once
 */
export function batched(ask: Guest['rows']): Guest['rows'] {
  const waiting = new Map<string, BatchedQuery[]>()
  return <Row>(node: LabNode, sql: string, database = 'postgres') =>
    new Promise<readonly Row[]>((resolve, reject) => {
      const question: BatchedQuery = { sql, resolve: (rows) => resolve(rows as readonly Row[]), reject }
      const key = `${node.name} ${database}`
      const others = waiting.get(key)
      if (others) {
        others.push(question)
        return
      }
      const questions = [question]
      waiting.set(key, questions)
      setTimeout(() => {
        waiting.delete(key)
        void askAll(ask, node, database, questions)
      }, COLLECT_MS)
    })
}

async function askAll(
  ask: Guest['rows'],
  node: LabNode,
  database: string,
  questions: readonly BatchedQuery[],
): Promise<void> {
  if (questions.length > 1) {
    try {
      const [answers] = await ask<Record<string, readonly unknown[]>>(node, together(questions), database)
      questions.forEach(({ resolve }, at) => {
        resolve(answers?.[`q${at}`] ?? [])
      })
      return
    } catch (error) {
      // One of them has an error: each alone shows which.
      if (!(error instanceof CommandError)) {
        for (const { reject } of questions) reject(error)
        return
      }
    }
  }
  for (const { sql, resolve, reject } of questions) ask<unknown>(node, sql, database).then(resolve, reject)
}

function together(questions: readonly BatchedQuery[]): string {
  const columns = questions.map(
    ({ sql }, at) =>
      `(SELECT coalesce(json_agg(row_to_json(r)), '[]'::json) FROM (\n${sql}\n) AS r) AS q${at}`,
  )
  return `SELECT ${columns.join(',\n')}`
}

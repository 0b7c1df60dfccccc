import type { Lab, LabNode } from '../../lab.ts'
import { serverSql } from '../../observe/sql.ts'
import type { Guest } from '../../tools/ssh/guest-contract.ts'
import { batched } from './batched-queries.ts'

/** sshd refuses the eleventh session of a shared connection (MaxSessions 10); others may be using it too. */
const SESSIONS_A_NODE = 6

/**
 * The guest as a run of many checks at once needs it. The first question to a node goes alone: it opens the
 * shared ssh connection, and when it fails nobody else waits for the same silence. The server's role is asked
 * once for all checks, and what is asked of a server at the same time goes in one query. No node is asked more at the same time than its sshd allows.
 * @returns a guest for one run of the checks; the roles it remembers grow old
 */
export function sharedGuest(lab: Lab, guest: Guest): Guest {
  const contacts = new Map<string, Promise<readonly unknown[]>>()
  const gates = new Map<string, Gate>()
  const identity = serverSql(lab)

  const contact = (node: LabNode): Promise<readonly unknown[]> => {
    const known = contacts.get(node.name)
    if (known) return known
    const made =
      node.name === lab.backup?.name
        ? guest.shell(node, ['true']).then(() => [])
        : guest.rows<unknown>(node, identity)
    contacts.set(node.name, made)
    return made
  }
  const gate = (node: LabNode): Gate => {
    const made = gates.get(node.name) ?? makeGate(SESSIONS_A_NODE)
    gates.set(node.name, made)
    return made
  }

  const ask = batched((node, sql, database) => gate(node)(() => guest.rows(node, sql, database)))

  return {
    async shell(node, argv, options) {
      // A machine whose PostgreSQL is down can still be asked other things.
      if (node.name === lab.backup?.name) await contact(node)
      else await contact(node).catch(() => undefined)
      return gate(node)(() => guest.shell(node, argv, options))
    },
    async rows<Row>(node: LabNode, sql: string, database?: string): Promise<readonly Row[]> {
      const state = await contact(node)
      return sql === identity ? (state as readonly Row[]) : ask<Row>(node, sql, database)
    },
    async execute(node, sql, database) {
      await contact(node)
      await gate(node)(() => guest.execute(node, sql, database))
    },
  }
}

type Gate = <T>(work: () => Promise<T>) => Promise<T>

function makeGate(places: number): Gate {
  let free = places
  const waiting: (() => void)[] = []
  return async (work) => {
    if (free > 0) free -= 1
    else await new Promise<void>((enter) => waiting.push(enter))
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next) next()
      else free += 1
    }
  }
}

import { CommandError } from '../../src/errors.ts'
import { type Lab, type LabNode, postgresNodes } from '../../src/lab.ts'
import type { Parts } from '../../src/observe/server-parts.ts'
import type { Server, ServerAnswer } from '../../src/observe/servers.ts'
import type { Output } from '../../src/tools/runner.ts'
import type { Database, Guest } from '../../src/tools/ssh/guest-contract.ts'

type Way = Pick<ServerAnswer, 'in_recovery' | 'system_identifier' | 'timeline'> & Parts['way']

/** A server that answers: a primary, unless it is said otherwise; its way flat, its other parts as they are asked for. */
export type Says = Partial<Way> & Partial<Omit<Parts, 'way'>>

/**
 * How a server of a fake lab is. `gone`: ssh does not get through. `unheard`: neither, and the others reach PostgreSQL
 * there. `silent`: PostgreSQL does not answer. `slow`: not in time. `FATAL: …`: it answers so. An error is told as it is.
 */
export type Is = Says | Silence
type Silence = 'gone' | 'unheard' | 'silent' | 'slow' | `FATAL: ${string}` | CommandError

/** By name; one that is not named is gone. */
export type Servers = Readonly<Record<string, Is>>

export const PRIMARY: Is = { in_recovery: false }
export const standby = (lsn = '0/5000000', more: Says = {}): Is => ({
  in_recovery: true,
  streams_from: '192.168.11.150',
  lsn,
  ...more,
})

/** All that a server says of itself, as psql prints the row. */
export function answerOf(says: Says): ServerAnswer<'way'> {
  const {
    in_recovery = false,
    system_identifier = '7',
    timeline = 1,
    lsn = '0/5000000',
    streams_from = null,
    history = [],
    ...parts
  } = says
  return {
    ...{ in_recovery, system_identifier, timeline },
    way: { timeline, lsn, streams_from, history },
    ...parts,
  }
}

/** The machine and the server of a name, as ssh and psql tell of them. */
export function problemOf(name: string, is: Silence): CommandError {
  if (is instanceof CommandError) return is
  if (is === 'gone' || is === 'unheard') {
    const lastLines = ['ssh: connect to host 127.0.0.1 port 2202: Connection refused']
    return new CommandError(`${name} cannot be reached`, { command: 'ssh', exitCode: 255, lastLines })
  }
  if (is === 'slow') {
    const lastLines = ['asked: psql']
    return new CommandError(`${name} did not answer within 4 s`, {
      command: 'ssh',
      lastLines,
      timedOut: true,
    })
  }
  const said = is === 'silent' ? 'No such file or directory' : is
  const words = `connection to server on socket "/s" failed: ${said}`
  return new CommandError(`${name}: ${words}`, {
    command: 'psql',
    exitCode: 2,
    lastLines: [`psql: error: ${words}`],
  })
}

const isSilence = (is: Is): is is Silence => typeof is === 'string' || is instanceof CommandError

/** Whether somebody asks who a server is. */
export const asksWho = (sql: string) => sql.includes('AS system_identifier')

/** Of all that a server says the parts that were asked for. */
function asked(sql: string, says: Says): object {
  const parts = Object.entries(answerOf(says))
  return Object.fromEntries(
    parts.filter(([name, value]) => typeof value !== 'object' || sql.includes(`) AS ${name}`)),
  )
}

/** What a fake lab does besides saying who its servers are; nothing of it is expected when left out. */
export interface Besides {
  readonly shell?: Guest['shell']
  readonly rows?: (node: LabNode, sql: string, database: Database | undefined) => readonly object[]
  readonly execute?: Guest['execute']
}

const unexpected = (what: string) => () => Promise.reject(new Error(`nobody should ${what}`))

/** The one fake of a lab's machines: its servers are asked who they are, and answer by part. */
export function fakeGuest(servers: Servers, besides: Besides = {}): Guest {
  const { shell = unexpected('start a program'), execute = unexpected('change anything') } = besides
  return {
    shell,
    execute,
    rows: async <Row>(node: LabNode, sql: string, database?: Database) => {
      const is = servers[node.name] ?? 'gone'
      if (isSilence(is)) throw problemOf(node.name, is)
      const rows = asksWho(sql) ? [asked(sql, is)] : besides.rows?.(node, sql, database)
      if (!rows) throw new Error(`nobody should ask ${node.name}: ${sql}`)
      return rows as unknown as readonly Row[]
    },
  }
}

/** The servers as they were seen, for who decides and does not ask. */
export function seen(lab: Lab, servers: Servers): readonly Server[] {
  return postgresNodes(lab).map((node) => {
    const is = servers[node.name] ?? 'gone'
    if (isSilence(is))
      return { node, state: stateOf(is), answer: undefined, problem: problemOf(node.name, is) }
    const answer = answerOf(is)
    return { node, state: answer.in_recovery ? 'standby' : 'primary', answer, problem: undefined }
  })
}

function stateOf(is: Silence): Server['state'] {
  if (is === 'unheard') return 'gone'
  return is === 'gone' || is === 'silent' || is === 'slow' ? is : 'busy'
}

/** @throws CommandError of a machine that ssh does not get to */
export function verifyReached(servers: Servers, { name }: LabNode): void {
  const is = servers[name] ?? 'gone'
  if (is === 'gone' || is === 'unheard') throw problemOf(name, is)
}

/** pg_isready, from whichever machine: 2 where nothing answers at the address that is asked. */
export function readiness(lab: Lab, servers: Servers, argv: readonly string[]): Output {
  const at = postgresNodes(lab).find(({ address }) => argv.includes(address))
  const is = servers[at?.name ?? ''] ?? 'gone'
  return { exitCode: is === 'gone' || is === 'silent' ? 2 : 0, stdout: '', stderr: '', durationMs: 1 }
}

import { CommandError, UserError } from '../errors.ts'
import { type LabNode, type PostgresNode, postgresNodes } from '../lab.ts'
import { BARE_ANSWERS, bounded, psqlProgram, sessionSql } from '../tools/psql.ts'
import { bytesOf, TIMELINE_SQL } from '../tools/wal.ts'
import type { Place } from './place.ts'

/** How a PostgreSQL server is, in the words of who wants to change its role. */
export interface Server {
  readonly node: PostgresNode
  /** `silent`: its machine may answer, PostgreSQL does not. `gone`: not even the machine. */
  readonly state: 'primary' | 'standby' | 'silent' | 'gone'
  /** `undefined` when it does not answer, like all that follows. */
  readonly answer: ServerAnswer | undefined
}

export interface ServerAnswer {
  readonly in_recovery: boolean
  readonly system_identifier: string
  /** The timeline it writes, or replays. */
  readonly timeline: number
  /** End of the WAL it has written, or received and replayed. */
  readonly lsn: string
  /** Address it streams from; `null` when it does not stream. */
  readonly streams_from: string | null
  /** Where its timeline came from: each older one, and the LSN at which it was left. */
  readonly history: readonly { readonly timeline: number; readonly left_at: string }[]
}

const SQL = `SELECT row_to_json(s) FROM (
  SELECT *, (SELECT coalesce(json_agg(json_build_object('timeline', split_part(line, E'\\t', 1)::int,
      'left_at', split_part(line, E'\\t', 2))), '[]')
    FROM regexp_split_to_table(pg_read_file(format('pg_wal/%s.history', upper(lpad(to_hex(timeline), 8, '0'))), 0, 100000, true), '\\n') AS line
    WHERE line ~ '^\\d+\\t') AS history
  FROM (SELECT pg_is_in_recovery() AS in_recovery,
    (SELECT system_identifier::text FROM pg_control_system()) AS system_identifier,
    ${TIMELINE_SQL} AS timeline,
    CASE WHEN pg_is_in_recovery()
      THEN greatest(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn()) ELSE pg_current_wal_insert_lsn() END AS lsn,
    (SELECT sender_host FROM pg_stat_wal_receiver WHERE status = 'streaming') AS streams_from) q) s;`

/** A server that hangs is as good as gone; a cluster without a primary must not wait for it. */
const ANSWER_TIMEOUT_MS = 5_000

/** ssh's own exit code when it did not get through. */
const UNREACHABLE = 255

/** Asks all PostgreSQL servers at once. */
export function seeServers({ lab, guest }: Pick<Place, 'lab' | 'guest'>): Promise<readonly Server[]> {
  const see = async (node: PostgresNode): Promise<Server> => {
    try {
      const argv = bounded([psqlProgram(lab), ...BARE_ANSWERS, '-d', 'postgres'])
      const options = { as: 'postgres', stdin: sessionSql() + SQL, timeoutMs: ANSWER_TIMEOUT_MS } as const
      const { exitCode, stdout } = await guest.shell(node, argv, options)
      if (exitCode !== 0) return { node, state: 'silent', answer: undefined }
      const answer = JSON.parse(stdout) as ServerAnswer
      return { node, state: answer.in_recovery ? 'standby' : 'primary', answer }
    } catch (error) {
      if (!(error instanceof CommandError)) throw error
      return { node, state: error.exitCode === UNREACHABLE ? 'gone' : 'silent', answer: undefined }
    }
  }
  return Promise.all(postgresNodes(lab).map(see))
}

/** Where a server went another way than the primary. */
export interface Parting {
  readonly timeline: number
  readonly lsn: string
  /** WAL that only this server has. */
  readonly bytes: bigint
}

/** @returns `undefined` while it can follow the primary as it is */
export function partingOf(server: ServerAnswer, primary: ServerAnswer): Parting | undefined {
  const left = primary.history.find(({ timeline }) => timeline === server.timeline)
  if (!left) return undefined
  const bytes = bytesOf(server.lsn) - bytesOf(left.left_at)
  return bytes > 0n ? { timeline: server.timeline, lsn: left.left_at, bytes } : undefined
}

/** @throws UserError when the lab has no PostgreSQL server of this name */
export function findServer(servers: readonly Server[], name: string): Server {
  const server = servers.find(({ node }) => node.name === name)
  if (server) return server
  throw new UserError(`There is no PostgreSQL server called ${name}`, {
    hint: `choose from ${namesOf(servers)}`,
  })
}

export function namesOf(servers: readonly { readonly node: LabNode }[], word = ', '): string {
  return servers.map(({ node }) => node.name).join(word)
}

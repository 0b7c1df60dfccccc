import { CommandError, UserError } from '../errors.ts'
import { type LabNode, type PostgresNode, postgresNodes } from '../lab.ts'
import { bytesOf, TIMELINE_SQL } from '../postgres/wal.ts'
import { BARE_ANSWERS, bounded, psqlProgram, sessionSql } from '../tools/ssh/psql-session.ts'
import type { LiveLab } from './live-lab.ts'

/** How a PostgreSQL server is, in the words of who wants to change its role. */
export interface Server {
  readonly node: PostgresNode
  /**
   * `busy`: it runs and does not let us ask: too many clients, starting up. `slow`: no answer in time, which may be a
   * load. `silent`: its machine may answer, PostgreSQL does not. `gone`: not even the machine.
   */
  readonly state: 'primary' | 'standby' | 'busy' | 'slow' | 'silent' | 'gone'
  /** Of one that is busy: its own words. */
  readonly said: string
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
export function seeServers({ lab, guest }: Pick<LiveLab, 'lab' | 'guest'>): Promise<readonly Server[]> {
  const see = async (node: PostgresNode): Promise<Server> => {
    try {
      const argv = bounded([psqlProgram(lab), ...BARE_ANSWERS, '-d', 'postgres'])
      const options = { as: 'postgres', stdin: sessionSql() + SQL, timeoutMs: ANSWER_TIMEOUT_MS } as const
      const { exitCode, stdout, stderr } = await guest.shell(node, argv, options)
      if (exitCode !== 0) return { node, answer: undefined, ...silence(exitCode, stderr) }
      const answer = JSON.parse(stdout) as ServerAnswer
      return { node, state: answer.in_recovery ? 'standby' : 'primary', said: '', answer }
    } catch (error) {
      if (!(error instanceof CommandError)) throw error
      const state = error.exitCode === UNREACHABLE ? 'gone' : 'slow'
      return { node, state, said: '', answer: undefined }
    }
  }
  return Promise.all(postgresNodes(lab).map(see))
}

/** timeout(1) ended psql, or had to kill it. */
const OUT_OF_TIME = [124, 137]

/** A server that refuses answers: PostgreSQL alone says FATAL. */
function silence(exitCode: number, stderr: string): Pick<Server, 'state' | 'said'> {
  const [, said] = /FATAL: +(.*)/.exec(stderr) ?? []
  if (said !== undefined) return { state: 'busy', said }
  return { state: OUT_OF_TIME.includes(exitCode) ? 'slow' : 'silent', said: '' }
}

/** Which way a server has come: enough to tell where two of them parted. */
export type Lineage = Pick<ServerAnswer, 'timeline' | 'lsn' | 'history'>

/** Where a server went another way than the primary. */
export interface Parting {
  readonly timeline: number
  readonly lsn: string
  /** WAL that only this server has. */
  readonly bytes: bigint
}

/** Every timeline a server has come through, and the LSN at which it left each; the last it has not left yet. */
function wayOf({ history, timeline, lsn }: Lineage): Lineage['history'] {
  return [...history, { timeline, left_at: lsn }]
}

/**
 * The numbers of timelines are never compared: two servers may both have begun a timeline 2.
 * @returns `undefined` while it can follow the primary as it is
 */
export function partingOf(server: Lineage, primary: Lineage): Parting | undefined {
  const [own, its] = [wayOf(server), wayOf(primary)]
  for (const [at, step] of own.entries()) {
    const other = its[at]
    const before = own[at - 1]
    // Both left the last one at the same place, for timelines of their own.
    if (other?.timeline !== step.timeline) return before && partingAt(server, before)
    const hasLeft = at < own.length - 1
    const hasItLeft = at < its.length - 1
    if (hasLeft && hasItLeft && step.left_at === other.left_at) continue
    const isOtherEarlier = bytesOf(other.left_at) < bytesOf(step.left_at)
    if (hasItLeft)
      return isOtherEarlier ? partingAt(server, other) : hasLeft ? partingAt(server, step) : undefined
    // The primary writes the timeline that this server has left: what came behind, only this server has.
    return hasLeft ? partingAt(server, isOtherEarlier ? other : step) : undefined
  }
  return undefined
}

function partingAt({ lsn }: Lineage, { timeline, left_at }: Lineage['history'][number]): Parting | undefined {
  const bytes = bytesOf(lsn) - bytesOf(left_at)
  return bytes > 0n ? { timeline, lsn: left_at, bytes } : undefined
}

/** The stretches of a server's WAL behind a point, `timeline:start` or `timeline:start:end`. */
export function stretchesBehind(server: Lineage, { timeline, lsn }: Parting): readonly string[] {
  const way = wayOf(server)
  const from = way.findIndex((step) => step.timeline === timeline)
  return way.slice(from).flatMap((step, at, steps) => {
    const start = at === 0 ? lsn : steps[at - 1]?.left_at
    if (at === steps.length - 1) return [`${step.timeline}:${start}`]
    return start === step.left_at ? [] : [`${step.timeline}:${start}:${step.left_at}`] // pg_waldump refuses an empty one
  })
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

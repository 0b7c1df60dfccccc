import { CommandError } from '../errors.ts'
import { type Lab, type LabNode, type PostgresNode, postgresNodes } from '../lab.ts'
import type { LagSample } from '../report/lag.ts'
import { followersOf } from '../tools/cluster.ts'
import type { Guest } from '../tools/contracts.ts'
import { pause } from '../tools/signals.ts'

/** One server, at one moment. */
export interface Look {
  /** Our own clock, in ms since 1970. */
  readonly atMs: number
  readonly node: string
  /** `undefined` where it did not answer. */
  readonly answer: Answer | undefined
}

interface Answer {
  readonly in_recovery: boolean
  readonly senders: readonly {
    readonly address: string | null
    readonly user: string
    /** WAL not replayed over there yet. */
    readonly bytes: number | null
    readonly seconds: number | null
  }[]
  readonly slots: readonly {
    readonly slot: string
    readonly active: boolean
    /** Missing before PostgreSQL 13. */
    readonly wal_status: string | null
    /** Bytes of WAL that are kept for it. */
    readonly kept: number | null
  }[]
}

const EVERY_MS = 700

/** A server that takes longer is as good as away. */
const ANSWER_WITHIN_MS = 5_000

// The detour over jsonb makes a column that an old server lacks null.
const SQL = `SELECT pg_is_in_recovery() AS in_recovery,
  (SELECT coalesce(json_agg(json_build_object('address', host(client_addr), 'user', usename,
    'bytes', pg_wal_lsn_diff(here.lsn, replay_lsn)::float8, 'seconds', extract(epoch FROM replay_lag)::float8)), '[]')
    FROM pg_stat_replication WHERE state = 'streaming') AS senders,
  (SELECT coalesce(json_agg(json_build_object('slot', slot_name, 'active', active,
    'wal_status', to_jsonb(s) ->> 'wal_status', 'kept', pg_wal_lsn_diff(here.lsn, restart_lsn)::float8)), '[]')
    FROM pg_replication_slots s WHERE NOT temporary) AS slots
  FROM (SELECT CASE WHEN pg_is_in_recovery()
    THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END AS lsn) AS here`

/** Looks at every server again and again, each at its own pace, until it is stopped. */
export function startSampler(lab: Lab, guest: Guest): { looks(): readonly Look[]; stop(): Promise<void> } {
  const looks: Look[] = []
  let isStopped = false
  const watch = async (node: LabNode) => {
    while (!isStopped) {
      const started = Date.now()
      const answer = await ask(node, guest)
      looks.push({ atMs: Date.now(), node: node.name, answer })
      await pause(Math.max(0, EVERY_MS - (Date.now() - started)))
    }
  }
  const ended = Promise.all(postgresNodes(lab).map(watch))
  ended.catch(() => {}) // a signal ends us all: whoever stops the sampler is told
  return {
    looks: () => looks,
    stop: async () => {
      isStopped = true
      await ended
    },
  }
}

async function ask(node: LabNode, guest: Guest): Promise<Answer | undefined> {
  try {
    const [answer] = await withTimeout(guest, node)
    return answer
  } catch (error) {
    if (error instanceof CommandError) return undefined
    throw error
  }
}

async function withTimeout(guest: Guest, node: LabNode): Promise<readonly Answer[]> {
  const limit = `SET statement_timeout = '${ANSWER_WITHIN_MS / 1000}s';\n`
  const sql = `${limit}SELECT coalesce(json_agg(row_to_json(q)), '[]') FROM (\n${SQL}\n) q;\n`
  const { exitCode, stdout } = await guest.shell(node, ['psql', '-X', '-q', '-A', '-t', '-d', 'postgres'], {
    as: 'postgres',
    stdin: sql,
    timeoutMs: ANSWER_WITHIN_MS,
  })
  return exitCode === 0 ? (JSON.parse(stdout) as readonly Answer[]) : []
}

/** The cluster at one moment, put together from the newest look at each server. */
interface Sight {
  readonly atMs: number
  readonly answers: ReadonlyMap<string, Answer>
}

function sights(looks: readonly Look[]): readonly Sight[] {
  const newest = new Map<string, Answer>()
  return looks.map(({ atMs, node, answer }) => {
    if (answer) newest.set(node, answer)
    else newest.delete(node)
    return { atMs, answers: new Map(newest) }
  })
}

function primariesIn({ answers }: Sight): readonly string[] {
  return [...answers].flatMap(([name, { in_recovery }]) => (in_recovery ? [] : [name]))
}

/** How far behind each standby was, over time. */
export function lagsOf(lab: Lab, looks: readonly Look[], fromMs: number): readonly LagSample[] {
  return sights(looks).map((sight) => ({ atMs: sight.atMs - fromMs, lags: lagsIn(lab, sight) }))
}

function lagsIn(lab: Lab, { answers }: Sight): LagSample['lags'] {
  const senders = [...answers.values()].flatMap((answer) => answer.senders)
  return Object.fromEntries(
    postgresNodes(lab).flatMap(({ name, address }) => {
      const sender = senders.find((one) => one.address === address && one.user === lab.replication.user)
      if (sender?.bytes == null) return []
      return [[name, { bytes: Math.max(0, sender.bytes), seconds: sender.seconds ?? 0 }]]
    }),
  )
}

/** Every standby and Barman receive WAL from where they should. */
function isProtected(lab: Lab, sight: Sight): boolean {
  const [name, ...others] = primariesIn(sight)
  const primary = postgresNodes(lab).find((node) => node.name === name)
  if (!primary || others.length > 0) return false
  const streams = (upstream: PostgresNode, address: string, user: string) =>
    sight.answers
      .get(upstream.name)
      ?.senders.some((sender) => sender.address === address && sender.user === user) ?? false
  const { backup, replication } = lab
  const standbys = postgresNodes(lab).every((upstream) =>
    followersOf(lab, primary, upstream).every(({ address }) => streams(upstream, address, replication.user)),
  )
  return standbys && (!backup || streams(primary, backup.address, backup.streamingUser))
}

/**
 * How long not every standby and Barman received WAL.
 * @param sinceMs of the disaster
 * @returns from the first look that shows it to the first after which all was well; `undefined` where it never was so
 */
export function unprotectedSpan(
  lab: Lab,
  looks: readonly Look[],
  sinceMs: number,
): { readonly fromMs: number; readonly toMs: number } | undefined {
  const seen = sights(looks).filter(({ atMs }) => atMs >= sinceMs)
  const bad = seen.flatMap((sight) => (isProtected(lab, sight) ? [] : [sight.atMs]))
  const [fromMs] = bad
  const last = bad.at(-1)
  if (fromMs === undefined || last === undefined) return undefined
  return { fromMs, toMs: seen.find(({ atMs }) => atMs > last)?.atMs ?? last }
}

/**
 * For how long two servers were out of recovery at the same time: as much as the looks prove, in ms. Between two looks
 * that both found a server to be a primary, it was one.
 */
export function twoPrimariesMs(looks: readonly Look[]): number {
  const reigns = [...new Set(looks.map(({ node }) => node))].map((node) => reignsOf(looks, node))
  const overlap = (a: Reign, b: Reign) => Math.max(0, Math.min(a.toMs, b.toMs) - Math.max(a.fromMs, b.fromMs))
  return reigns
    .flatMap((own, at) =>
      own.flatMap((reign) =>
        reigns.slice(at + 1).flatMap((others) => others.map((one) => overlap(reign, one))),
      ),
    )
    .reduce((sum, ms) => sum + ms, 0)
}

interface Reign {
  readonly fromMs: number
  readonly toMs: number
}

/** From the first to the last of each row of looks that found this server to be a primary. */
function reignsOf(looks: readonly Look[], node: string): readonly Reign[] {
  const reigns: Reign[] = []
  let reign: Reign | undefined
  for (const { atMs, answer } of looks.filter((look) => look.node === node)) {
    if (answer && !answer.in_recovery) reign = { fromMs: reign?.fromMs ?? atMs, toMs: atMs }
    else if (reign) {
      reigns.push(reign)
      reign = undefined
    }
  }
  return reign ? [...reigns, reign] : reigns
}

/** The most WAL that was kept for a slot, in bytes. */
export function mostKept(looks: readonly Look[], slot: string): number {
  const kept = looks.flatMap(({ answer }) => answer?.slots ?? []).filter((one) => one.slot === slot)
  return Math.max(0, ...kept.map((one) => one.kept ?? 0))
}

import { type Lab, type PostgresNode, postgresNodes } from '../../lab.ts'
import type { LagSample } from '../../observe/lag.ts'
import { followersOf } from '../../postgres/topology.ts'
import type { Answer, Look } from './sampler.ts'

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

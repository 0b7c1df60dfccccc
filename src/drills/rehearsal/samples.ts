import { type Lab, type PostgresNode, postgresNodes } from '../../lab.ts'
import type { LagSample } from '../../observe/lag.ts'
import { followersOf } from '../../postgres/topology.ts'
import type { Answer, Sample } from './sampler.ts'

/** The cluster at one moment, put together from the newest look at each server. */
interface Sight {
  readonly atMs: number
  readonly answers: ReadonlyMap<string, Answer>
}

function sights(samples: readonly Sample[]): readonly Sight[] {
  const newest = new Map<string, Answer>()
  return samples.map(({ atMs, node, answer }) => {
    if (answer) newest.set(node, answer)
    else newest.delete(node)
    return { atMs, answers: new Map(newest) }
  })
}

function primariesIn({ answers }: Sight): readonly string[] {
  return [...answers].flatMap(([name, { in_recovery }]) => (in_recovery ? [] : [name]))
}

/** How far behind each standby was, over time. */
export function lagsOf(lab: Lab, samples: readonly Sample[], fromMs: number): readonly LagSample[] {
  return sights(samples).map((sight) => ({ atMs: sight.atMs - fromMs, lags: lagsIn(lab, sight) }))
}

function lagsIn(lab: Lab, { answers }: Sight): LagSample['lags'] {
  const senders = [...answers.values()].flatMap((answer) => answer.senders)
  return Object.fromEntries(
    postgresNodes(lab).flatMap(({ name, address }) => {
      const sender = senders.find((one) => one.client_addr === address && one.user === lab.replication.user)
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
      ?.senders.some((sender) => sender.client_addr === address && sender.user === user) ?? false
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
  samples: readonly Sample[],
  sinceMs: number,
): { readonly fromMs: number; readonly toMs: number } | undefined {
  const seen = sights(samples).filter(({ atMs }) => atMs >= sinceMs)
  const bad = seen.flatMap((sight) => (isProtected(lab, sight) ? [] : [sight.atMs]))
  const [fromMs] = bad
  const last = bad.at(-1)
  if (fromMs === undefined || last === undefined) return undefined
  return { fromMs, toMs: seen.find(({ atMs }) => atMs > last)?.atMs ?? last }
}

/**
 * For how long two servers were out of recovery at the same time: as much as the samples prove, in ms. Between two samples
 * that both found a server to be a primary, it was one.
 */
export function twoPrimariesMs(samples: readonly Sample[]): number {
  const reigns = [...new Set(samples.map(({ node }) => node))].map((node) => reignsOf(samples, node))
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

/** From the first to the last of each row of samples that found this server to be a primary. */
function reignsOf(samples: readonly Sample[], node: string): readonly Reign[] {
  const reigns: Reign[] = []
  let reign: Reign | undefined
  for (const { atMs, answer } of samples.filter((sample) => sample.node === node)) {
    if (answer && !answer.in_recovery) reign = { fromMs: reign?.fromMs ?? atMs, toMs: atMs }
    else if (reign) {
      reigns.push(reign)
      reign = undefined
    }
  }
  return reign ? [...reigns, reign] : reigns
}

/** The most WAL that was kept for a slot, in bytes. */
export function mostKept(samples: readonly Sample[], slot: string): number {
  const kept = samples.flatMap(({ answer }) => answer?.slots ?? []).filter((one) => one.slot_name === slot)
  return Math.max(0, ...kept.map((one) => one.retained ?? 0))
}

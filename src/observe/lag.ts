import { type Lab, type LabNode, postgresNodes } from '../lab.ts'
import { followersOf } from '../postgres/topology.ts'
import type { Guest } from '../tools/ssh/guest-contract.ts'
import { ifReachable } from '../tools/ssh/if-reachable.ts'
import type { Sender } from './server-parts.ts'
import { SENDERS_SQL } from './sql.ts'

export interface Lag {
  readonly bytes: number
  readonly seconds: number
}

/** How far behind each standby was at one moment. */
export interface LagSample {
  /** Since the first sample. */
  readonly atMs: number
  /** By name of the standby; one that was not connected is missing. */
  readonly lags: Readonly<Record<string, Lag>>
}

/** Asks each server that others follow; one that does not answer leaves its followers out. */
export async function lagsNow(lab: Lab, primary: LabNode, guest: Guest): Promise<LagSample['lags']> {
  const upstreams = postgresNodes(lab).filter((node) => followersOf(lab, primary, node).length > 0)
  const answers = await Promise.all(upstreams.map((node) => sendersOf(node, guest)))
  const senders = answers.flat()
  return Object.fromEntries(
    postgresNodes(lab).flatMap(({ name, address }) => {
      const sender = senders.find(({ client_addr }) => client_addr === address)
      if (sender?.bytes == null) return []
      return [[name, { bytes: Math.max(0, sender.bytes), seconds: sender.seconds ?? 0 }]]
    }),
  )
}

async function sendersOf(node: LabNode, guest: Guest): Promise<readonly Sender[]> {
  return ifReachable(() => guest.rows<Sender>(node, SENDERS_SQL), [])
}

import type { Lab, LabNode } from '../lab.ts'
import type { Guest } from '../tools/ssh/guest-contract.ts'
import { ifReachable } from '../tools/ssh/if-reachable.ts'
import type { LiveLab } from './live-lab.ts'
import { findServer, primaryOf, type Server } from './servers.ts'

/** pg_isready: 0 it lets in, 1 it refuses for now, 2 nothing answers. */
const NOTHING_ANSWERS = 2
const ANSWER_SECONDS = 3

/** What others than we hear of the servers. */
export interface Heard {
  /** The one primary answers us, and none of the lab's other machines: it is lost nevertheless. */
  readonly isCutOff: boolean
  /** Servers that do not answer us and live, by name: whom they answer. Their own machine where they were only slow. */
  readonly answers: ReadonlyMap<string, LabNode>
}

export const NOTHING_HEARD: Heard = { isCutOff: false, answers: new Map() }

/**
 * Asks as much about the servers as who promotes one has to know; docs/decisions/12-when-a-primary-counts-as-lost.md.
 * @param name of the server to promote, where one is named
 * @throws UserError when the lab has no server of this name
 */
export async function listen(live: Asking, servers: readonly Server[], name?: string): Promise<Heard> {
  const named = name === undefined ? undefined : findServer(servers, name)
  const primary = primaryOf(servers)
  if (primary.is === 'several' || (primary.is === 'found' && primary.server === named)) return NOTHING_HEARD
  const isCutOff = primary.is === 'found' && (await isReachedByNobody(live, primary.node, servers))
  if (primary.is === 'found' && !isCutOff) return NOTHING_HEARD
  const canBePromoted = named ? named.state === 'standby' : servers.some(({ state }) => state === 'standby')
  if (!canBePromoted) return { isCutOff, answers: new Map() } // it is refused all the same
  const silent = servers.filter(({ answer, state }) => !answer && state !== 'busy')
  const heard = await Promise.all(
    silent.map(async (server) => {
      const asker = await whoHears(live, server, servers)
      return asker ? [[server.node.name, asker] as const] : []
    }),
  )
  return { isCutOff, answers: new Map(heard.flat()) }
}

type Asking = Pick<LiveLab, 'lab' | 'guest'>

/**
 * Our way to a machine is not the network of the servers and their clients. A primary is cut off when a standby is
 * there to take over, and none of the lab's other machines that answer us gets an answer from it.
 */
async function isReachedByNobody(
  { lab, guest }: Asking,
  primary: LabNode,
  servers: readonly Server[],
): Promise<boolean> {
  const peers = peersIn(lab, servers)
  if (!peers.some(({ role }) => role !== 'backup')) return false
  const reaching = await Promise.all(peers.map((peer) => reaches(guest, peer, primary)))
  return reaching.includes(false) && !reaching.includes(true)
}

/** A server that answers others is alive, and only our way to it is cut, or it is slow. */
async function whoHears(
  { lab, guest }: Asking,
  { node, state }: Server,
  servers: readonly Server[],
): Promise<LabNode | undefined> {
  if (state === 'slow' && (await letsClientsIn(guest, node))) return node
  const peers = peersIn(lab, servers)
  const reaching = await Promise.all(peers.map((peer) => reaches(guest, peer, node)))
  return peers.find((_, at) => reaching[at])
}

/** A server that hangs gives no answer at all. */
async function letsClientsIn(guest: Guest, node: LabNode): Promise<boolean> {
  return ifReachable(async () => {
    const argv = ['pg_isready', '-q', '-h', node.address, '-p', '5432', '-t', '10']
    return (await guest.shell(node, argv, { timeoutMs: 30_000 })).exitCode < NOTHING_ANSWERS
  }, false)
}

/** The lab's machines from whose network can be looked: standbys that answer, and the backup host. */
function peersIn({ backup }: Lab, servers: readonly Server[]): readonly LabNode[] {
  const standbys = servers.filter(({ state }) => state === 'standby').map(({ node }) => node)
  return [...standbys, ...(backup ? [backup] : [])]
}

/** @returns `undefined` where the peer does not answer us, or cannot say */
async function reaches(guest: Guest, peer: LabNode, { address }: LabNode): Promise<boolean | undefined> {
  const argv = ['pg_isready', '-q', '-h', address, '-p', '5432', '-t', String(ANSWER_SECONDS)]
  return ifReachable(async () => {
    const { exitCode } = await guest.shell(peer, argv, { timeoutMs: (ANSWER_SECONDS + 5) * 1000 })
    return exitCode > NOTHING_ANSWERS ? undefined : exitCode !== NOTHING_ANSWERS
  }, undefined)
}

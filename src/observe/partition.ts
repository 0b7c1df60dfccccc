import { CommandError } from '../errors.ts'
import type { Lab, LabNode } from '../lab.ts'
import type { LiveLab } from './live-lab.ts'
import type { Server } from './servers.ts'

/** pg_isready: 0 it lets in, 1 it refuses for now, 2 nothing answers. */
const NOTHING_ANSWERS = 2
const ANSWER_SECONDS = 3

/**
 * Whether a primary that answers us is lost nevertheless: our way to a machine is not the network of the servers and
 * their clients. It is cut off when a standby is there to take over, and none of the lab's other machines that answer
 * us gets an answer from it; see docs/decisions/12-when-a-primary-counts-as-lost.md.
 */
export async function isCutOff(
  { lab, guest }: Pick<LiveLab, 'lab' | 'guest'>,
  primary: LabNode,
  servers: readonly Server[],
): Promise<boolean> {
  const peers = peersIn(lab, servers)
  if (!peers.some(({ role }) => role !== 'backup')) return false
  const reaching = await Promise.all(peers.map((peer) => reaches(guest, peer, primary)))
  return reaching.includes(false) && !reaching.includes(true)
}

/**
 * Whether a server that does not answer us answers others: then it is alive, and only our way to it is cut.
 * @returns one of those it answers
 */
export async function reachedBy(
  { lab, guest }: Pick<LiveLab, 'lab' | 'guest'>,
  server: LabNode,
  servers: readonly Server[],
): Promise<LabNode | undefined> {
  const peers = peersIn(lab, servers)
  const reaching = await Promise.all(peers.map((peer) => reaches(guest, peer, server)))
  return peers.find((_, at) => reaching[at])
}

/** The lab's machines from whose network can be looked: standbys that answer, and the backup host. */
function peersIn({ backup }: Lab, servers: readonly Server[]): readonly LabNode[] {
  const standbys = servers.filter(({ state }) => state === 'standby').map(({ node }) => node)
  return [...standbys, ...(backup ? [backup] : [])]
}

/** @returns `undefined` where the peer does not answer us, or cannot say */
async function reaches(
  guest: LiveLab['guest'],
  peer: LabNode,
  { address }: LabNode,
): Promise<boolean | undefined> {
  const argv = ['pg_isready', '-q', '-h', address, '-p', '5432', '-t', String(ANSWER_SECONDS)]
  try {
    const { exitCode } = await guest.shell(peer, argv, { timeoutMs: (ANSWER_SECONDS + 5) * 1000 })
    return exitCode > NOTHING_ANSWERS ? undefined : exitCode !== NOTHING_ANSWERS
  } catch (error) {
    if (error instanceof CommandError) return undefined
    throw error
  }
}

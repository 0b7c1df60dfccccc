import { CommandError } from '../errors.ts'
import type { LabNode } from '../lab.ts'
import type { Place } from './place.ts'
import type { Server } from './servers.ts'

/** pg_isready: 0 it lets in, 1 it refuses for now, 2 nothing answers. */
const NOTHING_ANSWERS = 2
const ANSWER_SECONDS = 3

/**
 * Whether a primary that answers us is lost all the same: our road to a machine is not the network of the servers and
 * their clients. It is cut off when a standby is there to take over, and none of the lab's other machines that answer
 * us gets an answer from it; see docs/decisions/12-when-a-primary-counts-as-lost.md.
 */
export async function isCutOff(
  { lab, guest }: Pick<Place, 'lab' | 'guest'>,
  primary: LabNode,
  servers: readonly Server[],
): Promise<boolean> {
  const standbys = servers.filter(({ state }) => state === 'standby').map(({ node }) => node)
  if (standbys.length === 0) return false
  const peers = [...standbys, ...(lab.backup ? [lab.backup] : [])]
  const reaching = await Promise.all(peers.map((peer) => reaches(guest, peer, primary)))
  return reaching.includes(false) && !reaching.includes(true)
}

/** @returns `undefined` where the peer does not answer us, or cannot say */
async function reaches(
  guest: Place['guest'],
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

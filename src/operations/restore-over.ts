import { UserError } from '../errors.ts'
import type { LiveLab } from '../observe/live-lab.ts'
import {
  findServer,
  namesOf,
  primaryOf,
  type Server,
  seeServers,
  severalPrimaries,
} from '../observe/servers.ts'
import { readFiles } from './server-files.ts'

/**
 * Chooses the server a restore in place goes over: the one primary; where none answers, the one that is named.
 * @returns its name
 * @throws UserError where there are two primaries, or one could be lost that nobody named
 */
export async function chooseOver(live: LiveLab, named: string | undefined): Promise<string> {
  const servers = await seeServers(live)
  if (named !== undefined) findServer(servers, named)
  const found = primaryOf(servers)
  if (found.is === 'several') throw severalPrimaries(found.servers)
  const primary = found.is === 'found' ? found.server : undefined
  if (!primary) return chooseWithoutPrimary(live, servers, named)
  if (named === undefined || named === primary.node.name) return primary.node.name
  throw new UserError(`${primary.node.name} is the primary, so a restore goes over it, not over ${named}`, {
    hint: `name ${primary.node.name}, or change places first: npx create-pg-lab switchover ${named}`,
  })
}

async function chooseWithoutPrimary(
  live: LiveLab,
  servers: readonly Server[],
  named: string | undefined,
): Promise<string> {
  const silent = servers.filter(({ answer }) => !answer)
  const files = await Promise.all(silent.map(({ node }) => readFiles(live, node)))
  const unknown = silent.filter(({ state }, at) => state === 'busy' || files[at]?.data === 'unknown')
  if (unknown.length > 0) {
    throw new UserError(`No primary answers, and nobody can tell whether it is ${namesOf(unknown, ' or ')}`, {
      hint: 'start what is not running: npx create-pg-lab up',
    })
  }
  const primaries = silent.filter((_, at) => files[at]?.data === 'there' && !files[at]?.isStandby)
  const told = primaries.map(({ node }) => `${node.name} was no standby when it stopped`).join(', ')
  if (named === undefined) {
    throw new UserError(`No primary answers${told && `; ${told}`}: say over which server`, {
      hint: `npx create-pg-lab restore … --in-place --over <${servers.map(({ node }) => node.name).join('|')}>; or start what is not running: npx create-pg-lab up`,
    })
  }
  const others = primaries.filter(({ node }) => node.name !== named)
  if (others.length === 0) return named
  throw new UserError(`${told}: what only ${namesOf(others, ' and ')} has would be lost`, {
    hint: `start it and look: npx create-pg-lab up; or restore over it: --over ${others[0]?.node.name}`,
  })
}

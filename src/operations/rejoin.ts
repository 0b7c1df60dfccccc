import { CommandError, UserError } from '../errors.ts'
import type { PostgresNode } from '../lab.ts'
import { type Lineage, type Parting, partingOf, stretchesBehind } from '../observe/lineage.ts'
import type { LiveLab } from '../observe/live-lab.ts'
import { findServer, type Server, splitWords } from '../observe/servers.ts'
import type { Note } from '../tasks/index.ts'
import { ableToFollow, backupNames, callPlaybook } from './follow.ts'
import { type Commits, countCommits, readFiles, type ServerFiles } from './server-files.ts'

/** A server that becomes a standby of today's primary. */
export interface RejoinPlan {
  readonly node: PostgresNode
  readonly primary: PostgresNode
  /** It streams already, as an old primary may that boots; what it has left of that time may still be there. */
  readonly isFollowing: boolean
  /** It takes writes itself: a split brain. */
  readonly isPrimary: boolean
  /** Its machine does not answer and has to be started first. */
  readonly isDown: boolean
  /** Where it diverged, as far as it can be asked. */
  readonly parting: Parting | undefined
  /** What a standby of the primary cannot keep. */
  readonly loss: Loss
  /** Nothing to rewind, or pg_rewind would see no difference: it is cloned. */
  readonly needsClone: boolean
  /** Servers the playbook runs on, besides the backup host. */
  readonly limit: readonly string[]
}

/** What would be given up, as far as it is known. */
export type Loss =
  | { readonly kind: 'nothing' | 'no data' | 'unknown' | 'same timeline' | 'other cluster' }
  | { readonly kind: 'wal'; readonly parting: Parting; readonly commits: Commits | undefined }

export interface Rejoin {
  readonly node: PostgresNode
  readonly how: 'followed' | 'rewound' | 'cloned'
  /** pg_rewind's words. */
  readonly said: string
}

/** What a server tells that cannot be asked by SQL. */
export interface Remains {
  /** Of one that does not answer. */
  readonly files: ServerFiles | undefined
  /** What was committed where it has parted from the primary; `undefined` where it has not, or nobody can tell. */
  readonly commits: Commits | undefined
}

/**
 * Looks into the files of a server that is to become a standby.
 * @throws UserError when there is no primary it could follow
 */
export async function seeRemains(live: LiveLab, servers: readonly Server[], name: string): Promise<Remains> {
  const own = findServer(servers, name)
  const primary = otherPrimary(servers, own)
  const files = own.answer || own.state === 'gone' ? undefined : await readFiles(live, own.node)
  const loss = lossOf(own, { files, commits: undefined }, primary)
  const lineage = lineageOf(own, files)
  const stretches = loss.kind === 'wal' && lineage ? stretchesBehind(lineage, loss.parting) : []
  return { files, commits: stretches.length > 0 ? await countCommits(live, own.node, stretches) : undefined }
}

/**
 * Decides whether a server can be made a standby of the primary.
 * @throws UserError with the reason why not
 */
export function planRejoin(servers: readonly Server[], name: string, remains: Remains): RejoinPlan {
  const own = findServer(servers, name)
  const primary = otherPrimary(servers, own)
  const { node, answer } = own
  const loss = lossOf(own, remains, primary)
  const others = ableToFollow(servers.filter((server) => server !== own)).map((server) => server.node.name)
  return {
    node,
    primary: primary.node,
    isFollowing: answer?.way.streams_from != null && answer.timeline === primary.answer?.timeline,
    isPrimary: own.state === 'primary',
    isDown: own.state === 'gone',
    parting: loss.kind === 'wal' ? loss.parting : undefined,
    loss,
    needsClone: ['no data', 'same timeline', 'other cluster'].includes(loss.kind),
    limit: [...others, name],
  }
}

function lineageOf({ answer }: Server, files: ServerFiles | undefined): Lineage | undefined {
  return answer?.way ?? files?.lineage
}

/** The one primary besides this server. @throws UserError */
export function otherPrimary(servers: readonly Server[], own: Server): Server {
  const primaries = servers.filter((server) => server.state === 'primary' && server !== own)
  const [primary, second] = primaries
  const { name } = own.node
  if (primary && second) {
    throw new UserError(splitWords(primaries), {
      hint: 'make a standby of one of them first: npx create-pg-lab rejoin <name>',
    })
  }
  if (primary) return primary
  if (own.state === 'primary') {
    throw new UserError(`${name} is the primary: there is nobody else it could follow`, {
      hint: 'to hand over without a loss: npx create-pg-lab switchover <slave>',
    })
  }
  throw new UserError(`There is no primary that ${name} could follow`, {
    hint: 'make one: npx create-pg-lab promote',
  })
}

/** A number of a timeline says nothing about whose data is newer: both ways are followed to where they part. */
function lossOf(own: Server, { files, commits }: Remains, primary: Server): Loss {
  if (files?.data === 'none') return { kind: 'no data' }
  const identifier = own.answer?.system_identifier ?? files?.identifier
  const lineage = lineageOf(own, files)
  if (!lineage || !primary.answer) return { kind: 'unknown' }
  if (identifier !== primary.answer.system_identifier) return { kind: 'other cluster' }
  const parting = partingOf(lineage, primary.answer.way)
  if (parting) return { kind: 'wal', parting, commits }
  const wasPrimary = own.state === 'primary' || (files !== undefined && !files.isStandby)
  const isSameTimeline = wasPrimary && lineage.timeline === primary.answer.timeline
  return { kind: isSameTimeline ? 'same timeline' : 'nothing' }
}

const CLONE_REASONS: Partial<Record<Loss['kind'], string>> = {
  'no data': 'it has no data.',
  'same timeline':
    'it has written on the very timeline of the primary, and nobody can tell where they diverged.',
  'other cluster': 'its data belongs to another cluster.',
}

/** The role's words where pg_rewind gives up. */
const NEEDS_CLONE = /cannot be rewound: ([\s\S]*?)\s*Only a fresh clone helps/

/**
 * Makes the server a standby, by pg_rewind where it can. The whole lab is set up around it.
 * @param options.mayClone is asked, with the reason, before a fresh clone replaces what only this server has
 * @throws UserError when that is not allowed
 */
export async function rejoinServer(
  live: LiveLab,
  { node, limit: servers, isFollowing, needsClone, loss }: RejoinPlan,
  options: {
    readonly mayClone: (reason: string) => Promise<boolean>
    readonly note?: Note
  },
): Promise<Rejoin> {
  const { mayClone, note = () => {} } = options
  const limit = [...servers, ...(await backupNames(live))]
  if (isFollowing) {
    await callPlaybook(live, { limit }, note)
    return { node, how: 'followed', said: '' }
  }
  if (needsClone) {
    const reason = CLONE_REASONS[loss.kind] ?? ''
    if (!(await mayClone(reason))) throw notAllowed(node, reason)
    const extraVars = { postgres_target: node.name }
    await callPlaybook(live, { playbook: 'provisioning/operations/reinit.yml', limit, extraVars }, note)
    return { node, how: 'cloned', said: reason }
  }
  const playbook = 'provisioning/operations/rejoin.yml'
  let said = ''
  const call = (extraVars: Readonly<Record<string, string | boolean>>) =>
    callPlaybook(live, { playbook, limit, extraVars }, note, (message) => {
      said = message
    })
  try {
    await call({ postgres_target: node.name })
    return { node, how: said.includes('no rewind required') ? 'followed' : 'rewound', said }
  } catch (error) {
    const reason = error instanceof CommandError && NEEDS_CLONE.exec(error.lastLines.join('\n'))?.[1]
    if (!reason) throw error
    if (!(await mayClone(reason))) throw notAllowed(node, reason)
    await call({ postgres_target: node.name, postgres_clone: true })
    return { node, how: 'cloned', said: reason }
  }
}

function notAllowed({ name }: PostgresNode, reason: string): UserError {
  return new UserError(`${name} cannot be rewound: ${reason}`, {
    hint: `only a fresh clone helps, and what only ${name} has is lost then: npx create-pg-lab rejoin ${name} --yes`,
  })
}

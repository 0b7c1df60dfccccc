import type { LabNode } from '../lab.ts'
import { partingOf } from '../observe/lineage.ts'
import type { LiveLab } from '../observe/live-lab.ts'
import type { Server } from '../observe/servers.ts'
import type { Note } from '../tasks/index.ts'
import { type PlaybookResult, runPlaybook } from '../tools/ansible/ansible.ts'
import type { AnsibleEvent } from '../tools/ansible/events.ts'
import { ifReachable } from '../tools/ssh/if-reachable.ts'

/** Which hosts were made to follow the primary, and which could not. */
export interface Following {
  readonly hosts: readonly string[]
  /** Left out: they do not answer, or have diverged. */
  readonly left: readonly LabNode[]
  readonly recap: PlaybookResult['recap']
}

/** What runs a playbook of the lab on some of its hosts. */
export interface PlaybookCall {
  /** Path from the lab's folder; the whole lab's playbook when left out. */
  readonly playbook?: string
  readonly limit: readonly string[]
  readonly extraVars?: Readonly<Record<string, string | boolean>>
}

export function callPlaybook(
  { directory, run, logFile }: LiveLab,
  call: PlaybookCall,
  note: Note,
  onSaid: (message: string) => void = () => {},
): Promise<PlaybookResult> {
  const onEvent = (event: AnsibleEvent) => {
    if (event.event === 'task')
      note(`${event.host}: ${event.task.replace(/^[\w.]+ : /, '')} · ${event.index}/${event.total}`)
    if (event.event === 'said') onSaid(event.message)
  }
  return runPlaybook({ directory, run, logFile, ...call, onEvent })
}

/** Who can follow the primary as it is, and who is left for `rejoin`. */
export interface FollowPlan {
  /** Servers the playbook runs on, besides the backup host. */
  readonly limit: readonly string[]
  readonly left: readonly LabNode[]
}

/** @param joining names of servers that are stopped now and will be standbys */
export function planFollowing(servers: readonly Server[], joining: readonly string[] = []): FollowPlan {
  const limit = [...ableToFollow(servers).map(({ node }) => node.name), ...joining]
  const left = servers.map(({ node }) => node).filter(({ name }) => !limit.includes(name))
  return { limit, left }
}

/**
 * Makes every host that answers follow the primary: standbys, Barman, the list of synchronous standbys. A server that
 * cannot follow as it is, is left for `rejoin`.
 */
export async function followPrimary(
  live: LiveLab,
  { limit, left }: FollowPlan,
  note: Note = () => {},
): Promise<Following> {
  const hosts = [...limit, ...(await backupNames(live))]
  const { recap } = await callPlaybook(live, { limit: hosts }, note)
  return { hosts, left, recap }
}

/** The primary, and the standbys that have not diverged from it. */
export function ableToFollow(servers: readonly Server[]): readonly Server[] {
  const primary = servers.find(({ state }) => state === 'primary')?.answer
  return servers.filter(
    ({ answer }) => answer && (!primary || answer === primary || !partingOf(answer.way, primary.way)),
  )
}

/** The backup host, when its machine answers. */
export async function backupNames({ lab, guest }: LiveLab): Promise<readonly string[]> {
  const { backup } = lab
  if (!backup) return []
  return ifReachable(async () => {
    await guest.shell(backup, ['true'], { timeoutMs: 8_000 })
    return [backup.name]
  }, [])
}

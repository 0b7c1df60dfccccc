import { CommandError } from '../../errors.ts'
import type { Finding } from '../../finding.ts'
import type { BackupNode, Lab, LabNode } from '../../lab.ts'
import { askServers, namesOf, type Primary, primaryOf, type ServerState } from '../../observe/servers.ts'
import type { Guest } from '../../tools/ssh/guest-contract.ts'

/** One question put to the running servers. To add one: write its file, list it in index.ts. */
export interface Check {
  /** Short and stable: `create-pg-lab verify --only slots`. */
  readonly id: string
  /** What it proves, as a person would say it. */
  readonly title: string
  /** It writes something to the servers, however small. */
  readonly writes?: true
  /**
   * Asks the servers and judges the answers. A node that cannot be asked is a failed finding, never an exception.
   * @returns what was seen, good and bad; empty where the lab has nothing to look at (no backup host)
   */
  run(lab: Lab, guest: Guest): Promise<Finding[]>
}

/** What was seen on a node, before it is known which check saw it. A hint is kept only where `ok` is false. */
export interface Seen {
  readonly what: string
  readonly expected: string
  readonly observed: string
  readonly ok: boolean
  readonly unasked?: string
  readonly hint?: string | undefined
  readonly command?: string | undefined
  readonly output?: string | undefined
}

/** Makes the finding of a check on a node. */
function toFinding(check: string, node: LabNode, seen: Seen): Finding {
  const { what, expected, observed, ok, unasked, hint, command, output } = seen
  return {
    check,
    node: node.name,
    what,
    expected,
    observed,
    ok,
    ...(unasked ? { unasked } : {}),
    ...(!ok && hint ? { hint } : {}),
    ...(command ? { command } : {}),
    ...(output ? { output } : {}),
  }
}

/** Looks at one node. Where the node or its server does not answer, that is the finding. */
export async function lookAt(
  check: string,
  node: LabNode,
  look: () => Promise<readonly Seen[]>,
): Promise<Finding[]> {
  try {
    return (await look()).map((seen) => toFinding(check, node, seen))
  } catch (error) {
    if (error instanceof CommandError) return [toFinding(check, node, silence(node, error))]
    throw error
  }
}

/** Looks at several nodes at once. */
export async function lookAtEach<Node extends LabNode>(
  check: string,
  nodes: readonly Node[],
  look: (node: Node) => Promise<readonly Seen[]>,
): Promise<Finding[]> {
  const findings = await Promise.all(nodes.map((node) => lookAt(check, node, () => look(node))))
  return findings.flat()
}

/** Looks at the backup host, where the lab has one. */
export async function lookAtBackup(
  check: string,
  lab: Lab,
  look: (backup: BackupNode) => Promise<readonly Seen[]>,
): Promise<Finding[]> {
  return lab.backup ? lookAtEach(check, [lab.backup], look) : []
}

/** Looks at the backup host of a lab that has one, with the one primary; a lab without has nothing to look at. */
export async function lookAtBackupOf(
  check: string,
  lab: Lab,
  guest: Guest,
  look: (backup: BackupNode, primary: LabNode) => Promise<readonly Seen[]>,
): Promise<Finding[]> {
  if (!lab.backup) return []
  return withPrimary(check, lab, guest, (primary) =>
    lookAtBackup(check, lab, (backup) => look(backup, primary)),
  )
}

/** Goes on with the one primary; where there is none, or more than one, that is the finding. */
export async function withPrimary(
  check: string,
  lab: Lab,
  guest: Guest,
  go: (primary: LabNode, states: readonly ServerState[]) => Promise<Finding[]>,
): Promise<Finding[]> {
  const states = await askServers(lab, guest)
  const primary = primaryOf(states)
  return primary.is === 'found'
    ? go(primary.node, states)
    : [toFinding(check, lab.master, missingPrimary(primary))]
}

/** The check that tells it; no node is called so, for it would be an id of a check. */
const NO_PRIMARY = 'primary'

function missingPrimary(primary: Exclude<Primary, { is: 'found' }>): Seen {
  return {
    what: 'one primary to ask',
    expected: 'exactly one server out of recovery',
    observed: primary.is === 'none' ? 'none' : `${primary.servers.length}: ${namesOf(primary.servers)}`,
    ok: false,
    unasked: NO_PRIMARY,
    hint: 'See the check `primary`: npx create-pg-lab verify --only primary',
  }
}

function silence(node: LabNode, error: CommandError): Seen {
  const lastLine = error.lastLines.at(-1)
  return {
    what: `${node.name} answers`,
    expected: 'an answer',
    observed: lastLine && !error.message.includes(lastLine) ? `${error.message}: ${lastLine}` : error.message,
    ok: false,
    unasked: node.name,
    hint:
      error.hint ??
      `The machine or its server is down, or too slow. Start what is missing: npx create-pg-lab up`,
    command: error.command,
    output: error.lastLines.join('\n'),
  }
}

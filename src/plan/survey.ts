import { can } from '../catalog/providers/index.ts'
import { machinesIn } from '../doctor/index.ts'
import { CommandError } from '../errors.ts'
import type { Former } from '../generate/write/last-written.ts'
import { type Lab, type LabNode, nodesOf, type PostgresNode, postgresNodes } from '../lab.ts'
import { type Belongings, seeBelongings } from '../observe/belongings.ts'
import { type HostState, seeHostState } from '../observe/host-state.ts'
import type { GoneMachine, Resize } from '../observe/machine-changes.ts'
import { type MachineSight, seeMachine } from '../observe/machines.ts'
import { type ServerSight, seeServer } from '../observe/server-settings.ts'
import { askServer, primaryOf, type ServerState } from '../observe/servers.ts'
import type { Guest } from '../tools/ssh/guest-contract.ts'
import { ifReachable } from '../tools/ssh/if-reachable.ts'
import { seeResizes } from './resizes.ts'
import type { View } from './view.ts'

/** The lab as it is, not as it should be. */
export interface PlanSurvey {
  /** Names of the config's machines that Vagrant has made. */
  readonly made: ReadonlySet<string>
  /** Those of them that answer. */
  readonly machines: ReadonlyMap<string, MachineSight>
  /** The PostgreSQL servers that answer. */
  readonly servers: ReadonlyMap<string, ServerSight>
  /** Those that run and do not let us ask, and why. */
  readonly unanswering: ReadonlyMap<string, string>
  /** `undefined` when no server, or more than one, is out of recovery. */
  readonly primary: PostgresNode | undefined
  readonly gone: readonly GoneMachine[]
  /** Machines that are to have another size. */
  readonly resizes: readonly Resize[]
  /** Names under which Barman keeps backups on the config's backup host. */
  readonly barmanServers: readonly string[]
  readonly former: Former
  /** With provider ssh, what each server that answers belongs to; else nothing. */
  readonly belongings: ReadonlyMap<string, Belongings>
  readonly takesOver: boolean
  /** Of those that answer, how they are and how the last run left them; nothing unless it was asked for. */
  readonly hosts: ReadonlyMap<string, HostState>
}

/** Such a server runs, and does not let us ask. */
const RUNS: readonly ServerState['state'][] = ['busy', 'slow']

/** Barman takes a second to start. */
const BARMAN_TIMEOUT_MS = 15_000

/** With provider ssh a server is made once it carries the lab's mark; of one that does not answer nobody knows. */
function madeServers(lab: Lab, belongings: ReadonlyMap<string, Belongings>): ReadonlySet<string> {
  const names = nodesOf(lab).map(({ name }) => name)
  return new Set(names.filter((name) => (belongings.get(name)?.owner ?? lab.name) === lab.name))
}

/** Asks every machine that Vagrant has made, or every server of provider ssh, all at once. Changes nothing. */
export async function survey(view: View): Promise<PlanSurvey> {
  const { lab, guest, directory, former, takesOver = false, asksHosts = false } = view
  const names = new Set(machinesIn(directory).map(({ name }) => name))
  const nodes = nodesOf(lab)
  const isExisting = !can(lab).makeMachines
  const known = new Set(nodes.map(({ name }) => name).filter((name) => isExisting || names.has(name)))
  const strangers = [...names].filter((name) => !known.has(name))
  const belongings = new Map<string, Belongings>()
  const machines = new Map<string, MachineSight>()
  const servers = new Map<string, ServerSight>()
  const states: ServerState[] = []
  const unanswering = new Map<string, string>()
  const hosts = new Map<string, HostState>()
  const look = async (node: LabNode) => {
    const machine = await seeMachine(guest, node, !isExisting)
    if (!machine) return
    machines.set(node.name, machine)
    await Promise.all([lookInside(node), asksHosts ? lookBack(node) : undefined])
  }
  const lookBack = async (node: LabNode) => {
    hosts.set(node.name, await seeHostState(lab, guest, node))
  }
  const lookInside = async (node: LabNode) => {
    if (isExisting) belongings.set(node.name, await seeBelongings(guest, node))
    const server = postgresNodes(lab).find(({ name }) => name === node.name)
    if (!server) return
    const told = (problem: CommandError) => problem.message.replace(`${node.name}: `, '')
    try {
      const { state, sight } = await seeServer(lab, guest, server)
      states.push(state)
      if (sight) servers.set(node.name, sight)
      else if (state.problem && RUNS.includes(state.state)) unanswering.set(node.name, told(state.problem))
    } catch (error) {
      if (!(error instanceof CommandError)) throw error
      unanswering.set(node.name, told(error))
    }
  }
  const [gone, barmanServers] = await Promise.all([
    Promise.all(strangers.map((name) => seeGone(name, view))),
    lab.backup && known.has(lab.backup.name) ? seeBarmanServers(guest, lab.backup) : [],
    ...nodes.filter(({ name }) => known.has(name)).map(look),
  ])
  const primary = primaryOf(states)
  const made = isExisting ? madeServers(lab, belongings) : known
  return {
    made,
    machines,
    servers,
    unanswering,
    primary: primary.is === 'found' ? primary.node : undefined,
    gone,
    resizes: isExisting ? [] : await seeResizes(view, machines),
    barmanServers,
    former,
    belongings,
    takesOver,
    hosts,
  }
}

/** @returns none where there is no Barman yet, or no answer */
async function seeBarmanServers(guest: Guest, backup: LabNode): Promise<readonly string[]> {
  return ifReachable(async () => {
    const options = { as: 'barman', timeoutMs: BARMAN_TIMEOUT_MS } as const
    const { stdout } = await guest.shell(backup, ['barman', 'list-server', '--minimal'], options)
    return stdout.split('\n').flatMap((line) => line.trim() || [])
  }, [])
}

async function seeGone(name: string, { lab, guest, former }: View): Promise<GoneMachine> {
  const known = former.nodes.find((node) => node.name === name)
  const node: LabNode = {
    name,
    role: known?.role ?? 'slave',
    address: known?.address ?? '',
    memoryMb: 0,
    cpus: 0,
  }
  const machine = await seeMachine(guest, node)
  const asked =
    machine && known?.role !== 'backup' ? await askServer(lab, guest, node, ['following']) : undefined
  const server = asked?.answer
  return {
    name,
    role: known?.role ?? (server && 'slave'),
    slot: server?.following.slot || known?.slot || undefined,
    addresses: machine?.addresses ?? (known?.address ? [known.address] : []),
    isPrimary: server?.in_recovery === false,
    isStreaming: server?.following.is_streaming === true,
    answers: machine !== undefined,
  }
}

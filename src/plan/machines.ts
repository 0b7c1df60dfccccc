import { can } from '../catalog/providers/index.ts'
import { type Lab, type LabNode, nodesOf } from '../lab.ts'
import type { GoneMachine } from '../observe/machine-changes.ts'
import { keptNames } from './network-changes.ts'
import { belongingsText, isForeign } from './ownership.ts'
import type { PlanItem } from './plan-item.ts'
import { resizeItems } from './resizes.ts'
import type { PlanSurvey } from './survey.ts'
import { machinesThat } from './whereabouts.ts'

/** Machines that must be deleted before the others can be made or go on. */
export interface Departures {
  /** Their address changes: they are made again under the same name. */
  readonly moved: readonly LabNode[]
  /** Gone from the config, and another machine has their address now. */
  readonly inTheWay: readonly GoneMachine[]
  /** Gone from the config, and in nobody's way. */
  readonly leaving: readonly GoneMachine[]
}

/** Which machines are to be deleted, and when. */
export function departures(lab: Lab, seen: PlanSurvey): Departures {
  const addresses = nodesOf(lab).map(({ address }) => address)
  const isInTheWay = (machine: GoneMachine) =>
    machine.addresses.some((address) => addresses.includes(address))
  return {
    // That of a primary is refused, and that of a server that was there before the lab.
    moved: can(lab).makeMachines ? machinesThat(lab, seen, 'moved') : [],
    inTheWay: seen.gone.filter(isInTheWay),
    leaving: seen.gone.filter((machine) => !isInTheWay(machine)),
  }
}

/** What is lost with a machine. */
export function holds(role: LabNode['role'] | undefined): string {
  return role === 'backup' ? 'all backups' : 'its data'
}

/** What happens to machines before the servers are looked after. */
export function machineItems(lab: Lab, seen: PlanSurvey): readonly PlanItem[] {
  const { moved, inTheWay } = departures(lab, seen)
  const item = (action: PlanItem['action'], node: string, text: string): PlanItem => ({
    kind: 'machine',
    node,
    action,
    text,
  })
  return [
    ...inTheWay.map(({ name, role }) =>
      item(
        'remove',
        name,
        `another machine has its address now: deleted with ${holds(role)}, after a question`,
      ),
    ),
    ...moved.map(({ name, address, role }) =>
      item(
        'recreate',
        name,
        `its address becomes ${address}: deleted with ${holds(role)}, after a question, and made again`,
      ),
    ),
    ...nodesOf(lab).flatMap((node) => {
      if (!seen.made.has(node.name)) return [newMachine(lab, seen, node)]
      return seen.machines.has(node.name) ? [] : [item('start', node.name, 'it does not answer')]
    }),
    ...machinesThat(lab, seen, 'down').map(({ name, address }) =>
      item('start', name, `its network is down: ${address} is brought up, and nothing is deleted`),
    ),
    ...resizeItems(seen.resizes),
    ...keptNames(lab, seen),
  ]
}

function newMachine(lab: Lab, { belongings }: PlanSurvey, node: LabNode): PlanItem {
  const { name } = node
  if (can(lab).makeMachines)
    return { kind: 'machine', node: name, action: 'create', text: describe(lab, node) }
  const theirs = belongings.get(name)
  const text =
    theirs && isForeign(lab, theirs)
      ? `taken over: ${belongingsText(theirs)}`
      : "nothing of PostgreSQL or Barman is there: marked as this lab's"
  return { kind: 'machine', node: name, action: 'add', text }
}

function describe({ os, provider }: Lab, { address, memoryMb, cpus }: LabNode): string {
  return `${os.title}, ${address}, ${memoryMb} MB, ${cpus} ${cpus === 1 ? 'processor' : 'processors'}, on ${provider}`
}

/** What happens to machines at the end. */
export function leavingItems(lab: Lab, seen: PlanSurvey): readonly PlanItem[] {
  return departures(lab, seen).leaving.map(({ name, role }) => ({
    kind: 'machine',
    node: name,
    action: 'remove',
    text: `it is not in the config: stopped at the end and, after a question, deleted with ${holds(role)}`,
  }))
}

import { OPERATING_SYSTEMS } from '../catalog/os.ts'
import { can } from '../catalog/providers/index.ts'
import { type Lab, type LabNode, nodesOf, postgresNodes } from '../lab.ts'
import type { ServerSight } from '../observe/server-settings.ts'
import { BOTH_WAYS_ON, splitWords } from '../observe/servers.ts'
import { otherNetwork } from './network-changes.ts'
import { otherChoices } from './other-choices.ts'
import { belongingsText, isForeign } from './ownership.ts'
import type { PlanItem } from './plan-item.ts'
import { growth } from './setting-changes.ts'
import type { PlanSurvey } from './survey.ts'
import { addressesInLab, machinesThat } from './whereabouts.ts'

/** The other way out; servers that were there before the lab are not ours to delete. */
function orAnew(lab: Lab): string {
  if (!can(lab).makeMachines) return ''
  return ', or start over, which deletes the data: npx create-pg-lab destroy && npx create-pg-lab up'
}

function refuse(kind: PlanItem['kind'], node: string, text: string, hint: string): PlanItem {
  return { kind, node, action: 'refuse', text, hint }
}

/** What the config asks for and a lab with data in it cannot become. */
export function refusals(lab: Lab, seen: PlanSurvey): readonly PlanItem[] {
  const foreign = foreignServers(lab, seen)
  if (foreign.length > 0) return foreign
  const isNew = seen.made.size + seen.gone.length === 0
  if (isNew && can(lab).makeMachines) return []
  return [
    ...(can(lab).makeMachines ? [...movedMaster(lab, seen), ...unclear(lab, seen)] : otherAddress(lab, seen)),
    ...goneMaster(lab, seen),
    ...gonePrimaries(lab, seen),
    ...otherNetwork(lab, seen),
    ...otherSystem(lab, seen),
    ...otherMajor(lab, seen),
    ...otherCluster(lab, seen),
    ...noOnePrimary(lab, seen),
    ...growsAndShrinks(lab, seen),
    ...otherBarmanServer(lab, seen),
  ]
}

/** What somebody else has made is neither adopted nor overwritten unless the user says so. The playbook refuses the same. */
function foreignServers(lab: Lab, { belongings, takesOver }: PlanSurvey): readonly PlanItem[] {
  if (takesOver) return []
  return [...belongings]
    .filter(([, theirs]) => isForeign(lab, theirs))
    .map(([name, theirs]) =>
      refuse(
        'server',
        name,
        belongingsText(theirs),
        `if the lab may have it (a cluster keeps its data, its configuration is replaced): --take-over ${lab.name}`,
      ),
    )
}

/** PostgreSQL listens at the address, and is let in from it: a server must have it itself. */
function otherAddress(lab: Lab, seen: PlanSurvey): readonly PlanItem[] {
  return nodesOf(lab)
    .filter(({ name, address }) => seen.machines.get(name)?.addresses.includes(address) === false)
    .map(({ name, address }) =>
      refuse(
        'machine',
        name,
        `${address} is none of its addresses: it has ${seen.machines.get(name)?.addresses.join(', ')}`,
        'if its network is down, bring it up there; else name the address at which the other servers reach it (ssh.host may be another)',
      ),
    )
}

/** The address of the machine that holds the data is part of it; a standby is simply cloned again. */
function movedMaster(lab: Lab, seen: PlanSurvey): readonly PlanItem[] {
  const { primary, former } = seen
  return machinesThat(lab, seen, 'moved')
    .filter(({ name }) => name === lab.master.name || name === primary?.name)
    .map(({ name, address }) => {
      const was = former.nodes.find((node) => node.name === name)?.address
      return refuse(
        'machine',
        name,
        `its address cannot become ${address}: the machine would have to be made again, and it holds the data`,
        `put ${was ? `${was}` : 'its old address'} back${orAnew(lab)}`,
      )
    })
}

/** Nothing is deleted for an address of which nobody knows whether it was ever another. */
function unclear(lab: Lab, seen: PlanSurvey): readonly PlanItem[] {
  return machinesThat(lab, seen, 'unclear').map(({ name, address }) => {
    const found = seen.machines.get(name)?.addresses ?? []
    const [other] = addressesInLab(lab, found)
    return refuse(
      'machine',
      name,
      other
        ? `it has ${other} in the lab's network; the config, and the files that were written last, say ${address}`
        : `nobody knows its address: it has only ${found.join(', ') || 'none'}, and the files that were written last are gone`,
      other
        ? `put ${other} in the config; once npx create-pg-lab up has gone through, it can be changed there`
        : `if it is to have ${address}, bring its network up: vagrant reload ${name}, then npx create-pg-lab up`,
    )
  })
}

function goneMaster(lab: Lab, { gone, made }: PlanSurvey): readonly PlanItem[] {
  if (made.has(lab.master.name)) return []
  const old = gone.find(
    ({ isPrimary, role, answers }) => isPrimary || role === 'master' || (!role && !answers),
  )
  if (!old) return []
  return [
    refuse(
      'machine',
      old.name,
      `the master cannot be renamed to ${lab.master.name}: its machine would have to be made again, and it holds the data`,
      `put the name ${old.name} back${orAnew(lab)}`,
    ),
  ]
}

function gonePrimaries(lab: Lab, { gone, made }: PlanSurvey): readonly PlanItem[] {
  if (!made.has(lab.master.name)) return []
  return gone
    .filter(({ isPrimary }) => isPrimary)
    .map(({ name }) =>
      refuse(
        'server',
        name,
        'it is not in the config any more, but it is the primary today',
        `put it back, make another one the primary (npx create-pg-lab switchover ${lab.master.name}), then remove it`,
      ),
    )
}

function otherSystem(lab: Lab, { machines }: PlanSurvey): readonly PlanItem[] {
  const other = nodesOf(lab).flatMap(({ name }) => {
    const os = machines.get(name)?.os
    return os === undefined || os === lab.os.name ? [] : [{ name, os }]
  })
  const [first] = other
  if (!first) return []
  const names = other.map(({ name }) => name).join(', ')
  const text = `${titleOf(first.os)} runs on ${names}, and the config asks for ${lab.os.title}`
  return [refuse('machine', first.name, text, `put os: '${first.os}' back${orAnew(lab)}`)]
}

function titleOf(os: string): string {
  return Object.values(OPERATING_SYSTEMS).find(({ name }) => name === os)?.title ?? os
}

/** Another system often brings another PostgreSQL: then that is said, and this goes with it. */
function otherMajor(lab: Lab, seen: PlanSurvey): readonly PlanItem[] {
  const { servers, former, made, belongings } = seen
  if (otherSystem(lab, seen).length > 0) return []
  const wanted = lab.postgres.version
  const [first] = postgresNodes(lab).flatMap(({ name }) => {
    // A server that is stopped has the version its files were written for. Existing servers tell whether one is there.
    const mayHoldData = made.has(name) && belongings.get(name)?.found.length !== 0
    const version = servers.get(name)?.version ?? (mayHoldData ? former.version : undefined)
    return version === undefined || version === wanted ? [] : [{ name, version }]
  })
  if (!first) return []
  const { name, version } = first
  return [
    refuse(
      'server',
      name,
      `PostgreSQL ${version} holds the data, and the config asks for ${wanted}: another major cannot read it`,
      `put postgres.version ${version} back${orAnew(lab)} (save it before: npx create-pg-lab ssh ${name} -- sudo -u postgres pg_dumpall > dump.sql)`,
    ),
  ]
}

/** Chosen at initdb, once and for all. Existing servers may have a cluster that somebody else made: it stays as it is. */
function otherCluster(lab: Lab, { servers, primary }: PlanSurvey): readonly PlanItem[] {
  const server = primary && servers.get(primary.name)
  if (!server || !can(lab).makeMachines) return []
  return otherChoices(lab, server).map((text) =>
    refuse(
      'server',
      primary.name,
      `${text}: that is chosen when a cluster is made`,
      `put it back${orAnew(lab)}`,
    ),
  )
}

/** The playbook refuses the same. */
function noOnePrimary(lab: Lab, { servers, primary, made, gone }: PlanSurvey): readonly PlanItem[] {
  const nodes = postgresNodes(lab)
  if (primary) return ofAnotherCluster(nodes, servers, primary)
  const candidates = nodes.filter(({ name }) => servers.get(name)?.in_recovery === false)
  const [first, second] = candidates
  if (first && second) {
    return [refuse('server', first.name, splitWords(candidates.map((node) => ({ node }))), BOTH_WAYS_ON)]
  }
  const standby = nodes.find(({ name }) => servers.has(name))
  const mayBeElsewhere =
    nodes.some(({ name }) => made.has(name) && !servers.has(name)) ||
    gone.some(({ isPrimary, answers }) => isPrimary || !answers)
  if (!standby || mayBeElsewhere) return []
  const text = 'every server is in recovery: there is no primary to follow'
  return [
    refuse('server', standby.name, text, 'make the most advanced one the primary: npx create-pg-lab promote'),
  ]
}

function ofAnotherCluster(
  nodes: readonly LabNode[],
  servers: ReadonlyMap<string, ServerSight>,
  primary: LabNode,
): readonly PlanItem[] {
  const identifier = servers.get(primary.name)?.system_identifier
  return nodes
    .filter(({ name }) => servers.has(name) && servers.get(name)?.system_identifier !== identifier)
    .map(({ name }) =>
      refuse(
        'server',
        name,
        `its data belongs to another cluster than that of ${primary.name}`,
        `if it may go: npx create-pg-lab reinit ${name}`,
      ),
    )
}

function growsAndShrinks(lab: Lab, { servers }: PlanSurvey): readonly PlanItem[] {
  const all = nodesOf(lab).flatMap((node) => {
    const server = servers.get(node.name)
    return server ? [{ name: node.name, ...growth(lab, node, server) }] : []
  })
  const both = all.find(({ growing, shrinking }) => growing.length > 0 && shrinking.length > 0)
  if (!both) return []
  return [
    refuse(
      'server',
      both.name,
      `${both.growing.join(', ')} would grow and ${both.shrinking.join(', ')} would shrink: standbys need the one before the primary, the other after it`,
      'raise the first, run npx create-pg-lab up, then lower the second',
    ),
  ]
}

const OR_ANOTHER_HOST =
  ', or give backup.name another name as well: that machine is made again, and this one is deleted with all backups, after a question'

/** Barman keeps backups under the server's name, and would go on streaming under the old one. */
function otherBarmanServer(lab: Lab, { barmanServers }: PlanSurvey): readonly PlanItem[] {
  const { backup } = lab
  const [known] = barmanServers
  if (!backup || known === undefined || barmanServers.includes(backup.server)) return []
  return [
    refuse(
      'server',
      backup.name,
      `Barman keeps its backups under the name ${known}, and the config asks for ${backup.server}`,
      `put backup.server '${known}' back${can(lab).makeMachines ? OR_ANOTHER_HOST : ''}`,
    ),
  ]
}

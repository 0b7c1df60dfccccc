import { type Lab, type LabNode, nodesOf, type PostgresNode, postgresNodes } from '../lab.ts'
import { lineOf, type ServerSight } from '../observe/server-settings.ts'
import { usersOf } from '../passwords.ts'
import { delayOf, followersOf, linksOf, synchronousNames } from '../postgres/topology.ts'
import { objectItems } from './database-objects.ts'
import { hbaChanges } from './hba.ts'
import { otherChoices } from './other-choices.ts'
import { isForeign } from './ownership.ts'
import type { PlanAction, PlanItem } from './plan-item.ts'
import {
  type Change,
  changeTo,
  changeToDefault,
  growth,
  pendingChanges,
  settingChanges,
  takenOut,
} from './setting-changes.ts'
import { renamedSlots } from './slots.ts'
import type { PlanSurvey } from './survey.ts'

const STANDBY_CONF = 'standby.conf'

function item(action: PlanAction, node: LabNode, text: string): PlanItem {
  return { kind: 'server', node: node.name, action, text }
}

/** What happens to the PostgreSQL servers, in the order in which it happens. */
export function serverItems(lab: Lab, seen: PlanSurvey): readonly PlanItem[] {
  const primary = seen.primary ?? (seen.servers.size === 0 ? lab.master : undefined)
  // Two of them are refused; where none answers, nobody knows yet what follows for the others.
  if (!primary) return postgresNodes(lab).flatMap((node) => silentItem(seen, node))
  const standbys = postgresNodes(lab).filter(({ name }) => name !== primary.name)
  // A standby must have as much as its primary, and let in who is cloned from it, before they come.
  const isEarly = (node: PostgresNode) => {
    const server = seen.servers.get(node.name)
    const isNew = ({ name }: LabNode) => !seen.made.has(name)
    return (
      server && (growth(lab, node, server).growing.length > 0 || followersOf(lab, primary, node).some(isNew))
    )
  }
  const changes = (nodes: readonly PostgresNode[]) =>
    nodes.flatMap((node) => changesOf(lab, seen, primary, node))
  const slots = (nodes: readonly PostgresNode[]) =>
    nodes.flatMap((node) => newSlots(lab, seen, primary, node))
  const later = standbys.filter((node) => !isEarly(node))
  return [
    ...changes(standbys.filter(isEarly)),
    ...changes([primary]),
    ...slots([primary]),
    ...changes(later.filter(({ name }) => seen.servers.has(name))),
    ...slots(standbys),
    ...changes(later.filter(({ name }) => !seen.servers.has(name))),
    ...synchronous(lab, seen, primary),
    ...[primary, ...standbys].flatMap((node) => unusedSlots(lab, seen, primary, node)),
  ]
}

/** A server that is there changes; one that is not is made. */
function changesOf(
  lab: Lab,
  seen: PlanSurvey,
  primary: PostgresNode,
  node: PostgresNode,
): readonly PlanItem[] {
  const server = seen.servers.get(node.name)
  if (server) {
    const isTheirs = isTakenOver(lab, seen, node)
    const choices = isTheirs && node.name === primary.name ? otherChoices(lab, server) : []
    return [
      ...reloadOf(node, server, configChanges(lab, seen, primary, node, server)),
      ...choices.map((text) => item('keep', node, `${text}: that was chosen when the cluster was made`)),
    ]
  }
  const silent = silentItem(seen, node)
  if (silent.length > 0) return silent
  return [item('add', node, node.name === primary.name ? newPrimary(lab) : newStandby(lab, primary, node))]
}

/** Of a machine that was made and whose server does not answer. */
function silentItem(seen: PlanSurvey, node: PostgresNode): readonly PlanItem[] {
  if (seen.servers.has(node.name) || !seen.made.has(node.name)) return []
  if (!seen.machines.has(node.name))
    return [item('inspect', node, 'its server is not running: what changes there is seen only once it runs')]
  const reason = seen.unanswering.get(node.name)
  if (reason === undefined)
    return [item('inspect', node, 'PostgreSQL does not answer: it is started, or set up if it is not there')]
  const text = `PostgreSQL runs there and gives no answer (${reason}): what changes is not known, and up ends there`
  return [item('inspect', node, text)]
}

function newPrimary(lab: Lab): string {
  const { postgres, database } = lab
  return `a new cluster of PostgreSQL ${postgres.version}: users ${usersOf(lab).join(', ')}; database ${database.name}`
}

function newStandby(lab: Lab, primary: LabNode, node: PostgresNode): string {
  const upstream = upstreamOf(lab, primary, node)
  const delay = delayOf(lab, node)
  return `a clone of ${upstream.name}, streaming through ${node.slot}${delay === '' ? '' : `, ${delay} late`}`
}

function upstreamOf(lab: Lab, primary: LabNode, node: LabNode): PostgresNode {
  const link = linksOf(lab, primary).find((one) => one.node.name === node.name)
  if (!link) throw new Error(`${node.name} follows nobody`)
  return link.upstream
}

function configChanges(
  lab: Lab,
  seen: PlanSurvey,
  primary: LabNode,
  node: PostgresNode,
  server: ServerSight,
): readonly Change[] {
  const hba = hbaChanges(lab, server).map((text) => ({ text, needsRestart: false }))
  const standby = node.name === primary.name ? [] : standbyChanges(lab, seen, primary, node, server)
  const altered = isTakenOver(lab, seen, node) ? takenOut(lab, node, server) : []
  return [...settingChanges(lab, node, server), ...altered, ...standby, ...hba]
}

function standbyChanges(
  lab: Lab,
  seen: PlanSurvey,
  primary: LabNode,
  node: PostgresNode,
  server: ServerSight,
): readonly Change[] {
  const delay = delayOf(lab, node)
  const name = 'recovery_min_apply_delay'
  const isLate = lineOf(server, STANDBY_CONF, name) !== undefined
  return [
    ...upstreamChange(lab, seen, upstreamOf(lab, primary, node), server),
    ...changeTo(server, STANDBY_CONF, 'primary_slot_name', node.slot),
    ...(delay === '' ? [] : changeTo(server, STANDBY_CONF, name, delay)),
    ...(delay === '' && isLate ? [changeToDefault(server, STANDBY_CONF, name)] : []),
  ]
}

function upstreamChange(
  lab: Lab,
  { former }: PlanSurvey,
  upstream: PostgresNode,
  server: ServerSight,
): readonly Change[] {
  const conninfo = server.settings.find(({ name }) => name === 'primary_conninfo')
  const [, address = ''] = /\bhost=(\S+)/.exec(conninfo?.setting ?? '') ?? []
  const [, user = ''] = /\buser=(\S+)/.exec(conninfo?.setting ?? '') ?? []
  const needsRestart = conninfo?.context === 'postmaster'
  const was =
    [...postgresNodes(lab), ...former.nodes].find((node) => node.address === address)?.name ?? address
  return [
    ...(address === upstream.address
      ? []
      : [{ text: `upstream ${was || 'none'} → ${upstream.name}`, needsRestart }]),
    ...(user === lab.replication.user
      ? []
      : [{ text: `user ${user || 'none'} → ${lab.replication.user}`, needsRestart }]),
  ]
}

/** A reload that finds settings waiting for a restart becomes one, whoever made them wait. */
function reloadOf(node: LabNode, server: ServerSight, changes: readonly Change[]): readonly PlanItem[] {
  if (changes.length === 0) return []
  const pending = pendingChanges(server).map((name) => `${name} waits for it`)
  const isRestart = pending.length > 0 || changes.some(({ needsRestart }) => needsRestart)
  const texts = [...changes.map(({ text }) => text), ...pending]
  return [item(isRestart ? 'restart' : 'reload', node, texts.join('; '))]
}

function newSlots(
  lab: Lab,
  seen: PlanSurvey,
  primary: PostgresNode,
  node: PostgresNode,
): readonly PlanItem[] {
  const server = seen.servers.get(node.name)
  if (!server) return []
  const names = server.slots.map(({ slot_name }) => slot_name)
  const slots = followersOf(lab, primary, node)
    .filter(({ slot }) => !names.includes(slot))
    .map(({ name, slot }) => item('add', node, `slot ${slot} for ${name}`))
  if (node.name !== primary.name) return slots
  const { backup } = lab
  const barman =
    backup && !names.includes(backup.slot) ? [item('add', node, `slot ${backup.slot} for Barman`)] : []
  return [...slots, ...barman, ...objectItems(lab, seen.former, node, server)]
}

/** The list comes last in a run, when everyone streams. */
function synchronous(lab: Lab, seen: PlanSurvey, primary: LabNode): readonly PlanItem[] {
  const wanted = synchronousNames(lab, primary)
  const name = 'synchronous_standby_names'
  const given =
    seen.servers.get(primary.name)?.settings.find((setting) => setting.name === name)?.setting ?? ''
  if (given === wanted) return []
  return [item('reload', primary, `commits wait for ${wanted || 'nobody'} instead of ${given || 'nobody'}`)]
}

/** Slots of the lab's own servers that nobody will follow through here, and those of machines that are gone. */
function unusedSlots(
  lab: Lab,
  seen: PlanSurvey,
  primary: PostgresNode,
  node: PostgresNode,
): readonly PlanItem[] {
  const server = seen.servers.get(node.name)
  const barman = lab.backup ? [lab.backup.slot] : []
  const wanted = [
    ...followersOf(lab, primary, node).map(({ slot }) => slot),
    ...(node.name === primary.name ? barman : []),
  ]
  const own = nodesOf(lab).map(({ slot }) => slot)
  const gone = [...seen.gone.map(({ slot }) => slot), ...renamedSlots(lab, seen), ...formerSlots(lab, seen)]
  return (server?.slots ?? [])
    .filter(({ slot_type, slot_name }) => slot_type === 'physical' && !wanted.includes(slot_name))
    .filter(({ slot_name }) => [...own, ...gone].includes(slot_name))
    .map(({ slot_name }) => item('remove', node, `slot ${slot_name}: nobody follows through it now`))
}

/** It was there before the lab, made by somebody else. */
function isTakenOver(lab: Lab, { belongings }: PlanSurvey, { name }: LabNode): boolean {
  const theirs = belongings.get(name)
  return theirs !== undefined && isForeign(lab, theirs)
}

/** Those through which servers follow that are taken over. */
function formerSlots(lab: Lab, { belongings, servers }: PlanSurvey): readonly string[] {
  return [...belongings]
    .filter(([, theirs]) => isForeign(lab, theirs))
    .flatMap(([name]) => servers.get(name) ?? [])
    .filter(({ in_recovery }) => in_recovery)
    .flatMap(({ settings }) => settings.find(({ name }) => name === 'primary_slot_name')?.setting || [])
    .filter((slot) => !lab.replication.otherSlots.includes(slot))
}

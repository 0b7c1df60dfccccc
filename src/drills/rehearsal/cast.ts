import { CommandError } from '../../errors.ts'
import { type BackupNode, type Lab, type PostgresNode, postgresNodes } from '../../lab.ts'
import { delayOf, followersOf } from '../../postgres/topology.ts'
import type { Text } from '../../report/drill-report.ts'
import type { Cast, Stage } from '../drill.ts'

/** Why a lab cannot have a drill that needs a slave. */
export function needsSlave({ slaves }: Lab): Text | undefined {
  return slaves.length > 0 ? undefined : { en: 'the lab has no slave', ru: 'в стенде нет реплик' }
}

/** Why a lab cannot have a drill that needs Barman. */
export function needsBackup({ backup }: Lab): Text | undefined {
  return backup
    ? undefined
    : { en: 'the lab has no backup host', ru: 'в стенде нет узла резервного копирования' }
}

/** Why a lab of existing servers cannot have a drill that takes a machine its power or its network. */
export function needsOutage({ provider }: Lab): Text | undefined {
  return provider === 'ssh'
    ? {
        en: 'nobody here can give its machines their power or their network back',
        ru: 'некому вернуть его машинам питание или сеть',
      }
    : undefined
}

/** Why a lab cannot have a drill in which a slave takes over: none, or all replay late. */
export function needsSuccessor(lab: Lab): Text | undefined {
  return lab.slaves.some((slave) => delayOf(lab, slave) === '')
    ? undefined
    : { en: 'no slave could take over', ru: 'нет реплики, которая могла бы заменить мастер' }
}

/** The victim is the primary itself. */
export function thePrimary(_lab: Lab, primary: PostgresNode): PostgresNode {
  return primary
}

/** A standby that nobody follows: in a cascade the others would lose their upstream too. */
export function leafStandby(lab: Lab, primary: PostgresNode): PostgresNode {
  const standbys = postgresNodes(lab).filter(({ name }) => name !== primary.name)
  const leaf = standbys.findLast((node) => followersOf(lab, primary, node).length === 0)
  if (!leaf) throw new Error('a lab with slaves has one that nobody follows')
  return leaf
}

/** The first that streams from the primary itself and replays at once. */
export function successor(lab: Lab, primary: PostgresNode): PostgresNode {
  const [node] = followersOf(lab, primary, primary).filter((one) => delayOf(lab, one) === '')
  const fallback = postgresNodes(lab).find(({ name }) => name !== primary.name)
  if (!node && !fallback) throw new Error('a lab with slaves has a successor')
  return node ?? (fallback as PostgresNode)
}

/** The victim, which has PostgreSQL. */
export function serverOf({ lab, victim }: Pick<Stage, 'lab' | 'victim'>): PostgresNode {
  const node = postgresNodes(lab).find(({ name }) => name === victim.name)
  if (!node) throw new Error(`${victim.name} has no PostgreSQL`)
  return node
}

/** Name of the slot through which the victim streams. */
export function slotOf(lab: Lab, { victim }: Cast): string {
  return postgresNodes(lab).find(({ name }) => name === victim)?.slot ?? ''
}

/** The lab's backup host. @throws CommandError where a drill that needs one is played without */
export function backupOf({ lab }: Pick<Stage, 'lab'>): BackupNode {
  if (lab.backup) return lab.backup
  throw new CommandError('The lab has no backup host', { command: 'npx create-pg-lab config' })
}

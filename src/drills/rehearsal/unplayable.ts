import { can } from '../../catalog/providers/index.ts'
import type { Lab } from '../../lab.ts'
import { delayOf } from '../../postgres/topology.ts'
import type { Text } from '../../report/drill-report.ts'

/** Why a lab cannot have a drill that needs a slave. */
export function needsSlave({ slaves }: Lab): Text | undefined {
  return slaves.length > 0 ? undefined : { en: 'the lab has no slave', ru: 'на стенде нет реплик' }
}

/** Why a lab cannot have a drill that needs Barman. */
export function needsBackup({ backup }: Lab): Text | undefined {
  return backup
    ? undefined
    : { en: 'the lab has no backup host', ru: 'на стенде нет узла резервного копирования' }
}

/** Why a lab of existing servers cannot have a drill that takes a machine its power or its network. */
export function needsOutage(lab: Lab): Text | undefined {
  return can(lab).outage === 'nobody'
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

import { postgresNodes } from '../../lab.ts'
import { type ExamFault, ours } from '../exam-fault.ts'

export const standbyPromoted: ExamFault = {
  id: 'standby-promoted',
  area: 'timeline',
  plan({ lab, primary, standby }) {
    if (!standby) return undefined
    const both = postgresNodes(lab).flatMap(({ name }) =>
      [primary.name, standby.name].includes(name) ? [name] : [],
    )
    return {
      node: standby,
      touches: ['primary', standby.name],
      needs: [`${primary.name}/network`],
      symptom: {
        en: `What one office enters the other does not see: one works with ${primary.name}, the other with ${standby.name}.`,
        ru: `Один офис не видит того, что вносит другой: первый работает с ${primary.name}, второй с ${standby.name}.`,
      },
      look: {
        en: 'How many servers of the cluster take writes, and on which timelines?',
        ru: 'Сколько серверов кластера принимают запись и на каких они линиях времени?',
      },
      cause: {
        en: `${standby.name} was promoted while ${primary.name} went on: two primaries. What ${primary.name} has is to be kept.`,
        ru: `${standby.name} повышен до мастера, хотя ${primary.name} продолжал работать: мастеров два. Сохранить нужно данные ${primary.name}.`,
      },
      finding: `primary ${primary.name}: one primary`,
      observed: new RegExp(`^${both.join(', ')}$`),
      remedy: [ours(`rejoin ${standby.name} --yes`)],
      inflict: (guest) =>
        guest.execute(standby, 'SELECT CASE WHEN pg_is_in_recovery() THEN pg_promote() END;'),
    }
  },
}

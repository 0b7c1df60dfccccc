import { delayOf } from '../../postgres/topology.ts'
import { type ExamFault, needsOfPlaybook, PROVISION } from '../exam-fault.ts'
import { appendLine, fileOfSetting, reload } from '../hands.ts'

export const replayDelayed: ExamFault = {
  id: 'replay-delayed',
  area: 'settings',
  plan(cast) {
    const { lab, standby } = cast
    if (!standby || delayOf(lab, standby) !== '') return undefined
    return {
      node: standby,
      touches: [`${standby.name}/replay`, `${standby.name}/settings/recovery_min_apply_delay`],
      // A standby that waits does not ask for WAL again, once its stream has ended.
      needs: [`${standby.name}/stream`, ...needsOfPlaybook(cast)],
      symptom: {
        en: `What we enter shows on ${standby.name} only hours later. It was at once before.`,
        ru: `Внесённые данные появляются на ${standby.name} через несколько часов, а раньше появлялись сразу.`,
      },
      look: {
        en: `Is there a setting on ${standby.name} by which it waits on purpose?`,
        ru: `Есть ли на ${standby.name} параметр, по которому он ждёт намеренно?`,
      },
      cause: {
        en: `recovery_min_apply_delay is 2h on ${standby.name}.`,
        ru: `На ${standby.name} задан recovery_min_apply_delay = 2h.`,
      },
      finding: `standby ${standby.name}: recovery_min_apply_delay`,
      observed: /^2h$/,
      remedy: PROVISION,
      async inflict(guest) {
        const file = await fileOfSetting(guest, standby, 'primary_conninfo')
        const line = "recovery_min_apply_delay = '2h'"
        await appendLine(guest, standby, file, line)
        await reload(guest, standby)
      },
    }
  },
}

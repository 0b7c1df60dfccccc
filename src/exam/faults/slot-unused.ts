import { quoteWord } from '../../tools/process/quote.ts'
import { type ExamFault, needsOfPlaybook, ours } from '../exam-fault.ts'
import { fileOfSetting, reload, runAsRoot } from '../hands.ts'

export const slotUnused: ExamFault = {
  id: 'slot-unused',
  area: 'slots',
  plan(cast) {
    const { primary, standby } = cast
    if (!standby) return undefined
    const { slot } = standby
    return {
      node: standby,
      touches: [`${standby.name}/stream`, `${standby.name}/settings/primary_slot_name`],
      needs: needsOfPlaybook(cast),
      symptom: {
        en: `The disk of ${primary.name} fills: WAL is kept for somebody who, says the monitoring, never fetches it.`,
        ru: `На ${primary.name} тает место: WAL хранится для того, кто, судя по мониторингу, его не забирает.`,
      },
      look: {
        en: `Through which slot does ${standby.name} stream?`,
        ru: `Через какой слот получает WAL ${standby.name}?`,
      },
      cause: {
        en: `primary_slot_name was taken out of the settings of ${standby.name}: it streams without a slot, and ${slot} is idle.`,
        ru: `Из настроек ${standby.name} убран primary_slot_name: он получает WAL без слота, а ${slot} простаивает.`,
      },
      finding: `slots ${primary.name}: slot ${slot} of ${standby.name}`,
      observed: /inactive/,
      remedy: [ours('up')],
      async inflict(guest) {
        const file = await fileOfSetting(guest, standby, 'primary_conninfo')
        await runAsRoot(guest, standby, `sed -i 's/^primary_slot_name/#&/' ${quoteWord(file)}`)
        await reload(guest, standby)
      },
    }
  },
}

import { literal } from '../../postgres/sql.ts'
import type { ExamFault } from '../exam-fault.ts'

/** As a tool that was tried out leaves it. */
const SLOT = 'analytics'

export const slotLeftBehind: ExamFault = {
  id: 'slot-left-behind',
  area: 'disk',
  plan({ primary }) {
    return {
      node: primary,
      touches: [`${primary.name}/slots/${SLOT}`],
      needs: ['primary'],
      symptom: {
        en: `WAL on ${primary.name} only grows. Last week the analysts tried out a tool of theirs; it is long gone, they say.`,
        ru: `WAL на ${primary.name} только растёт. На той неделе аналитики пробовали свой инструмент; говорят, его давно нет.`,
      },
      look: {
        en: `Which slots of ${primary.name} are idle, and since when do they hold WAL back?`,
        ru: `Какие слоты на ${primary.name} простаивают и с какого места удерживают WAL?`,
      },
      cause: {
        en: `The slot ${SLOT} was left behind on ${primary.name}: nobody reads from it, and it keeps all WAL.`,
        ru: `На ${primary.name} остался слот ${SLOT}: из него никто не читает, а WAL он удерживает.`,
      },
      finding: `slots ${primary.name}: slot ${SLOT}`,
      observed: /inactive/,
      remedy: [
        { on: primary, type: `sudo -u postgres psql -c "SELECT pg_drop_replication_slot('${SLOT}')"` },
      ],
      async inflict(guest) {
        const isThere = `SELECT FROM pg_replication_slots WHERE slot_name = ${literal(SLOT)}`
        await guest.execute(
          primary,
          `SELECT pg_create_physical_replication_slot(${literal(SLOT)}, true) WHERE NOT EXISTS (${isThere});`,
        )
      },
    }
  },
}

import { type ExamFault, needsOfPlaybook, PROVISION } from '../exam-fault.ts'
import { appendLine, fileNamedBy, reload } from '../hands.ts'

/** Nobody is called so. */
const NAME = 'accounting'

export const commitsWait: ExamFault = {
  id: 'commits-wait',
  area: 'settings',
  plan(cast) {
    const { primary } = cast
    return {
      node: primary,
      touches: [`${primary.name}/commits`, `${primary.name}/settings/synchronous_standby_names`],
      needs: needsOfPlaybook(cast),
      symptom: {
        en: 'We can look at everything, but whoever saves waits for ever.',
        ru: 'Смотреть можно всё, но сохранение зависает навсегда.',
      },
      look: {
        en: `For whom does a commit on ${primary.name} wait, and is he there?`,
        ru: `Кого ждёт фиксация на ${primary.name} и есть ли он вообще?`,
      },
      cause: {
        en: `synchronous_standby_names of ${primary.name} names ${NAME}, and nobody of that name streams: every commit waits.`,
        ru: `В synchronous_standby_names на ${primary.name} указан ${NAME}, а реплики с таким именем нет: все фиксации ждут.`,
      },
      finding: `synchronous ${primary.name}: synchronous_standby_names`,
      observed: new RegExp(NAME),
      remedy: PROVISION,
      async inflict(guest) {
        const file = await fileNamedBy(guest, primary, 'config_file')
        const line = `synchronous_standby_names = '${NAME}'`
        await appendLine(guest, primary, file, line)
        await reload(guest, primary)
      },
    }
  },
}

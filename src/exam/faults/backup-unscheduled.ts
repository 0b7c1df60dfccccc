import { barmanPaths } from '../../guest-paths.ts'
import { quoteWord } from '../../tools/process/quote.ts'
import { type ExamFault, needsOfPlaybook, PROVISION } from '../exam-fault.ts'
import { runAsRoot } from '../hands.ts'

export const backupUnscheduled: ExamFault = {
  id: 'backup-unscheduled',
  area: 'cron',
  plan(cast) {
    const { backup } = cast
    if (!backup) return undefined
    return {
      node: backup,
      touches: [`${backup.name}/cron/schedule`],
      needs: [`${backup.name}/stream`, ...needsOfPlaybook(cast)],
      symptom: {
        en: `The mail about the nightly backup stays away. cron runs, says the admin of ${backup.name}.`,
        ru: `Письма о ночной копии перестали приходить. Администратор ${backup.name} говорит: cron работает.`,
      },
      look: {
        en: `Which line of which crontab on ${backup.name} takes the backup?`,
        ru: `Какая строка какого crontab на ${backup.name} запускает резервное копирование?`,
      },
      cause: {
        en: `The line of the scheduled backup was commented out in ${barmanPaths().crontab}.`,
        ru: `В ${barmanPaths().crontab} закомментирована строка резервного копирования по расписанию.`,
      },
      finding: `retention ${backup.name}: schedule of the base backup`,
      observed: /^none$/,
      remedy: PROVISION,
      inflict: (guest) =>
        runAsRoot(guest, backup, `sed -i '/ backup /s/^[^#]/#&/' ${quoteWord(barmanPaths().crontab)}`),
    }
  },
}

import { CRON_SERVICES } from '../../catalog/os.ts'
import type { ExamFault } from '../exam-fault.ts'
import { runAsRoot } from '../hands.ts'

export const cronStopped: ExamFault = {
  id: 'cron-stopped',
  area: 'cron',
  plan({ lab, backup }) {
    if (!backup) return undefined
    const service = CRON_SERVICES[lab.os.family]
    return {
      node: backup,
      touches: [`${backup.name}/cron/service`],
      needs: [],
      symptom: {
        en: `Nothing that ${backup.name} does of its own accord gets done: no backup at night, no clearing up.`,
        ru: `На ${backup.name} само больше ничего не делается: ни ночных копий, ни уборки старых.`,
      },
      look: {
        en: `Who starts jobs at their time on ${backup.name}, and does he run?`,
        ru: `Кто на ${backup.name} запускает задания по расписанию и работает ли он?`,
      },
      cause: {
        en: `The service ${service} was stopped on ${backup.name}.`,
        ru: `На ${backup.name} остановлена служба ${service}.`,
      },
      finding: `cron ${backup.name}: service ${service}`,
      observed: /inactive/,
      remedy: [{ on: backup, type: `sudo systemctl enable --now ${service}` }],
      inflict: (guest) => runAsRoot(guest, backup, `systemctl stop ${service}`),
    }
  },
}

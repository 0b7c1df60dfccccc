import type { ExamFault } from '../exam-fault.ts'
import { reload } from '../hands.ts'

/** One of those in postgresql.conf: with any other the server would go on waiting after a RESET, until it is restarted. */
const SETTING = 'wal_log_hints'

export const waitsForRestart: ExamFault = {
  id: 'waits-for-restart',
  area: 'settings',
  plan({ primary }) {
    return {
      node: primary,
      touches: [`${primary.name}/settings/${SETTING}`],
      needs: [`${primary.name}/settings/restart`],
      symptom: {
        en: `A colleague on leave changed "some setting" of ${primary.name}. Nobody knows which, and nobody dares restart it now.`,
        ru: `Коллега перед отпуском поменял «какой-то параметр» на ${primary.name}. Какой, никто не знает, и перезапускать сервер боятся.`,
      },
      look: {
        en: `Which settings of ${primary.name} wait for a restart, and which file are they from?`,
        ru: `Какие параметры на ${primary.name} ждут перезапуска и из какого они файла?`,
      },
      cause: {
        en: `ALTER SYSTEM gave ${SETTING} another value on ${primary.name}; it would be in force after the next restart.`,
        ru: `На ${primary.name} через ALTER SYSTEM изменён ${SETTING}; он вступил бы в силу при следующем перезапуске.`,
      },
      finding: `settings ${primary.name}: settings that wait for a restart`,
      observed: new RegExp(SETTING),
      remedy: [
        {
          on: primary,
          type: `sudo -u postgres psql -c "ALTER SYSTEM RESET ${SETTING}" -c "SELECT pg_reload_conf()"`,
        },
      ],
      async inflict(guest) {
        await guest.execute(primary, `ALTER SYSTEM SET ${SETTING} = 'off';`)
        await reload(guest, primary)
      },
    }
  },
}

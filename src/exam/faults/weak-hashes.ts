import type { ExamFault } from '../exam-fault.ts'
import { reload } from '../hands.ts'

export const weakHashes: ExamFault = {
  id: 'weak-hashes',
  area: 'passwords',
  plan({ primary }) {
    return {
      node: primary,
      touches: [`${primary.name}/settings/password_encryption`],
      needs: [],
      symptom: {
        en: 'Whoever is given a new password cannot log in any more. The passwords of before still work.',
        ru: 'Кому сменили пароль, тот больше не может войти. Со старыми паролями всё работает.',
      },
      look: {
        en: `How does ${primary.name} store a new password, and which file says so?`,
        ru: `Как ${primary.name} сохраняет новые пароли и какой файл это задаёт?`,
      },
      cause: {
        en: `ALTER SYSTEM set password_encryption to md5 on ${primary.name}.`,
        ru: `На ${primary.name} через ALTER SYSTEM задан password_encryption = md5.`,
      },
      finding: `settings ${primary.name}: password_encryption`,
      observed: /^md5$/,
      remedy: [
        {
          on: primary,
          type: 'sudo -u postgres psql -c "ALTER SYSTEM RESET password_encryption" -c "SELECT pg_reload_conf()"',
        },
      ],
      async inflict(guest) {
        await guest.execute(primary, "ALTER SYSTEM SET password_encryption = 'md5';")
        await reload(guest, primary)
      },
    }
  },
}

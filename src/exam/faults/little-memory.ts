import { confSettings } from '../../lab.ts'
import { identifier } from '../../postgres/sql.ts'
import type { ExamFault } from '../exam-fault.ts'

export const littleMemory: ExamFault = {
  id: 'little-memory',
  area: 'settings',
  plan({ lab, primary }) {
    const { owner } = lab.database
    if (!('work_mem' in confSettings(lab, primary))) return undefined // nobody has said what it should be
    return {
      node: primary,
      touches: [`${primary.name}/roles/${owner}/work_mem`],
      needs: [`${primary.name}/commits`, `${primary.name}/settings/work_mem`],
      symptom: {
        en: 'The accounting report is slow since noon. The same query is fast when a colleague runs it as another user.',
        ru: 'С обеда отчёт бухгалтерии еле ползёт. У коллеги под другим пользователем тот же запрос быстрый.',
      },
      look: {
        en: `Do all users of ${primary.name} have the same settings?`,
        ru: `У всех ли пользователей на ${primary.name} одинаковые параметры?`,
      },
      cause: {
        en: `ALTER ROLE gave ${owner} a work_mem of 64kB: what was sorted in memory goes to temporary files.`,
        ru: `Роли ${owner} через ALTER ROLE задан work_mem = 64kB: сортировки уходят во временные файлы.`,
      },
      finding: `settings ${primary.name}: work_mem`,
      observed: /not for all: ALTER ROLE/,
      remedy: [{ on: primary, type: `sudo -u postgres psql -c 'ALTER ROLE "${owner}" RESET work_mem'` }],
      inflict: (guest) => guest.execute(primary, `ALTER ROLE ${identifier(owner)} SET work_mem = '64kB';`),
    }
  },
}

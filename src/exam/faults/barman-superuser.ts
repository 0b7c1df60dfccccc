import { identifier } from '../../postgres/sql.ts'
import type { ExamFault } from '../exam-fault.ts'

export const barmanSuperuser: ExamFault = {
  id: 'barman-superuser',
  area: 'roles',
  plan({ primary, backup }) {
    if (!backup) return undefined
    const { user } = backup
    return {
      node: primary,
      touches: [`${primary.name}/roles/${user}/attributes`],
      needs: ['primary', `${primary.name}/commits`],
      symptom: {
        en: 'The auditors: a technical account can read and change everything. We were promised that none of them could.',
        ru: 'Аудиторы: одной технической учётной записи можно всё. Нам обещали, что таких не будет.',
      },
      look: {
        en: `Who is a superuser on ${primary.name}?`,
        ru: `Кто на ${primary.name} суперпользователь?`,
      },
      cause: {
        en: `${user} was made a superuser; Barman does without.`,
        ru: `Роль ${user} сделали суперпользователем, хотя Barman это не нужно.`,
      },
      finding: `roles ${primary.name}: superusers besides postgres`,
      observed: new RegExp(`^${user}$`),
      remedy: [{ on: primary, type: `sudo -u postgres psql -c 'ALTER ROLE "${user}" NOSUPERUSER'` }],
      inflict: (guest) => guest.execute(primary, `ALTER ROLE ${identifier(user)} SUPERUSER;`),
    }
  },
}

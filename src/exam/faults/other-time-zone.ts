import { identifier, literal } from '../../postgres/sql.ts'
import type { ExamFault } from '../exam-fault.ts'

export const otherTimeZone: ExamFault = {
  id: 'other-time-zone',
  area: 'clock',
  plan({ lab, primary }) {
    const { owner } = lab.database
    const zone = lab.postgres.settings.timezone === 'Asia/Tokyo' ? 'America/Lima' : 'Asia/Tokyo'
    return {
      node: primary,
      touches: [`${primary.name}/roles/${owner}/timezone`],
      needs: [`${primary.name}/commits`, `${primary.name}/settings/timezone`],
      symptom: {
        en: 'All times in the application are hours off. The clock of the server is right.',
        ru: 'Время во всём приложении сбито на несколько часов. Часы сервера идут верно.',
      },
      look: {
        en: `Which time zone does a session of the application get on ${primary.name}?`,
        ru: `Какой часовой пояс получает сеанс приложения на ${primary.name}?`,
      },
      cause: {
        en: `ALTER ROLE gave ${owner} the time zone ${zone}.`,
        ru: `Роли ${owner} через ALTER ROLE задан часовой пояс ${zone}.`,
      },
      finding: `settings ${primary.name}: timezone`,
      observed: /not for all: ALTER ROLE/,
      remedy: [{ on: primary, type: `sudo -u postgres psql -c 'ALTER ROLE "${owner}" RESET timezone'` }],
      inflict: (guest) =>
        guest.execute(primary, `ALTER ROLE ${identifier(owner)} SET timezone = ${literal(zone)};`),
    }
  },
}

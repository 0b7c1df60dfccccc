import { randomUUID } from 'node:crypto'
import { identifier, literal } from '../../postgres/sql.ts'
import { type ExamFault, needsOfPlaybook, PROVISION } from '../exam-fault.ts'
import { closeSenders } from '../hands.ts'

export const barmanPassword: ExamFault = {
  id: 'barman-password',
  area: 'passwords',
  plan(cast) {
    const { primary, backup } = cast
    if (!backup) return undefined
    const user = backup.streamingUser
    return {
      node: primary,
      touches: [`${primary.name}/roles/${user}`, `${backup.name}/stream`],
      needs: [`${backup.name}/cron/service`, `${backup.name}/passfile`, ...needsOfPlaybook(cast)],
      symptom: {
        en: 'We asked for the state of five minutes ago. The backup team says: our newest WAL is older than that.',
        ru: 'Мы попросили состояние на пять минут назад. Дежурный по бэкапам отвечает: самый свежий WAL у нас старше.',
      },
      look: {
        en: `Can Barman log in on ${primary.name} with both of its users?`,
        ru: `Может ли Barman подключиться к ${primary.name} под обоими своими пользователями?`,
      },
      cause: {
        en: `${user} has another password on ${primary.name} than Barman has in its passfile: nothing streams to ${backup.name}.`,
        ru: `Пароль ${user} на ${primary.name} не тот, что у Barman в .pgpass: на ${backup.name} WAL не приходит.`,
      },
      finding: `barman ${backup.name}: postgresql streaming`,
      observed: /FAILED/,
      remedy: PROVISION,
      async inflict(guest) {
        await guest.execute(primary, `ALTER ROLE ${identifier(user)} PASSWORD ${literal(randomUUID())};`)
        await closeSenders(guest, primary, user)
      },
    }
  },
}

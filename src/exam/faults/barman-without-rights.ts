import { postgresHas } from '../../catalog/postgres-features.ts'
import { identifier } from '../../postgres/sql.ts'
import { type ExamFault, needsOfPlaybook, PROVISION } from '../exam-fault.ts'

export const barmanWithoutRights: ExamFault = {
  id: 'barman-without-rights',
  area: 'roles',
  plan(cast) {
    const { lab, primary, backup } = cast
    if (!backup) return undefined
    const { user } = backup
    const begin = postgresHas(lab.postgres.version, 'backup_start')
      ? 'pg_backup_start(text, boolean)'
      : 'pg_start_backup(text, boolean, boolean)'
    return {
      node: primary,
      touches: [`${primary.name}/roles/${user}/functions`],
      needs: needsOfPlaybook(cast),
      symptom: {
        en: 'The watch over the backups is red: Barman says that its user may not take any.',
        ru: 'Контроль резервных копий красный: Barman жалуется, что его пользователю не хватает прав.',
      },
      look: {
        en: `Which functions may ${user} execute on ${primary.name}, and which does Barman want?`,
        ru: `Какие функции разрешены роли ${user} на ${primary.name} и какие нужны Barman?`,
      },
      cause: {
        en: `${user} may no longer execute ${begin}.`,
        ru: `У роли ${user} отобрано право выполнять ${begin}.`,
      },
      finding: `roles ${primary.name}: functions of ${user}`,
      observed: /^(?!.*backup_start|.*start_backup)/,
      remedy: PROVISION,
      inflict: (guest) =>
        guest.execute(primary, `REVOKE EXECUTE ON FUNCTION ${begin} FROM ${identifier(user)};`),
    }
  },
}

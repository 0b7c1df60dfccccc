import { identifier } from '../../postgres/sql.ts'
import { type ExamFault, needsOfPlaybook, PROVISION } from '../exam-fault.ts'
import { closeSenders } from '../hands.ts'

export const replicaWithoutReplication: ExamFault = {
  id: 'replica-without-replication',
  area: 'roles',
  plan(cast) {
    const { lab, primary, standby } = cast
    if (!standby) return undefined
    const { user } = lab.replication
    return {
      node: primary,
      touches: [`${primary.name}/roles/${user}`, `${standby.name}/stream`],
      needs: [`${standby.name}/replay`, ...needsOfPlaybook(cast)],
      symptom: {
        en: `Somebody tidied up the rights of technical users. The copy on ${standby.name} has been getting older ever since.`,
        ru: `Кто-то навёл порядок в правах технических пользователей, и копия на ${standby.name} с тех пор только отстаёт.`,
      },
      look: {
        en: `Which attributes has the role that ${standby.name} logs in as?`,
        ru: `Какие атрибуты у роли, под которой подключается ${standby.name}?`,
      },
      cause: {
        en: `${user} has lost the attribute REPLICATION, without which nobody streams.`,
        ru: `У роли ${user} отобран атрибут REPLICATION, без него WAL не передаётся.`,
      },
      finding: `roles ${primary.name}: attributes of ${user}`,
      observed: /^LOGIN$/,
      remedy: PROVISION,
      async inflict(guest) {
        await guest.execute(primary, `ALTER ROLE ${identifier(user)} NOREPLICATION;`)
        await closeSenders(guest, primary, user)
      },
    }
  },
}

import { randomUUID } from 'node:crypto'
import { identifier, literal } from '../../postgres/sql.ts'
import { type ExamFault, needsOfPlaybook, ours } from '../exam-fault.ts'
import { closeSenders } from '../hands.ts'

export const replicaPassword: ExamFault = {
  id: 'replica-password',
  area: 'passwords',
  plan(cast) {
    const { lab, primary, standby } = cast
    if (!standby) return undefined
    const { user } = lab.replication
    return {
      node: primary,
      touches: [`${primary.name}/roles/${user}`, `${standby.name}/stream`],
      needs: [`${standby.name}/passfile`, `${standby.name}/replay`, ...needsOfPlaybook(cast)],
      symptom: {
        en: `A colleague changed some passwords this morning. Since then the figures on ${standby.name} stand still.`,
        ru: `Утром коллега сменил кое-какие пароли. С тех пор данные на ${standby.name} не обновляются.`,
      },
      look: {
        en: `What does the log of ${standby.name} say of its connection to ${primary.name}?`,
        ru: `Что пишет журнал ${standby.name} о подключении к ${primary.name}?`,
      },
      cause: {
        en: `${user} has another password on ${primary.name} than ${standby.name} has in its passfile.`,
        ru: `Пароль ${user} на ${primary.name} не тот, что в .pgpass на ${standby.name}.`,
      },
      finding: `standby ${standby.name}: walreceiver`,
      observed: /password authentication failed/,
      remedy: [ours('up')],
      async inflict(guest) {
        await guest.execute(primary, `ALTER ROLE ${identifier(user)} PASSWORD ${literal(randomUUID())};`)
        await closeSenders(guest, primary, user)
      },
    }
  },
}

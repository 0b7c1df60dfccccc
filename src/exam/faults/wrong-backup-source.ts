import { sectionsOfBarman } from '../barman-files.ts'
import { type ExamFault, needsOfPlaybook, PROVISION } from '../exam-fault.ts'
import { runAsRoot } from '../hands.ts'

export const wrongBackupSource: ExamFault = {
  id: 'wrong-backup-source',
  area: 'barman',
  plan(cast) {
    const { primary, standby, backup } = cast
    if (!standby || !backup || backup.from !== undefined) return undefined
    const from = primary.address.replaceAll('.', '\\.')
    return {
      node: backup,
      touches: [`${backup.name}/configuration`, `${backup.name}/stream`],
      needs: [`${standby.name}/server`, ...needsOfPlaybook(cast)],
      symptom: {
        en: `After "a small change" on ${backup.name} no backup can be taken: Barman asks the wrong server.`,
        ru: `После «небольшой правки» на ${backup.name} копии не снимаются: Barman обращается не к тому серверу.`,
      },
      look: {
        en: `Which address has Barman for the server it backs up?`,
        ru: `Какой адрес указан у Barman для копируемого сервера?`,
      },
      cause: {
        en: `conninfo of Barman leads to ${standby.name} instead of ${primary.name}.`,
        ru: `conninfo в настройках Barman ведёт на ${standby.name} вместо ${primary.name}.`,
      },
      finding: `barman-replication ${backup.name}: server that Barman backs up`,
      observed: new RegExp(standby.address.replaceAll('.', '\\.')),
      remedy: PROVISION,
      inflict: (guest) =>
        runAsRoot(
          guest,
          backup,
          `${sectionsOfBarman(backup)} | xargs -r sed -i 's/host=${from} /host=${standby.address} /'`,
        ),
    }
  },
}

import { quoteWord } from '../../tools/process/quote.ts'
import { type ExamFault, needsOfPlaybook, ours } from '../exam-fault.ts'
import { fileOfSetting, reload, runAsRoot } from '../hands.ts'

const NAME = 'impostor'

export const wrongApplicationName: ExamFault = {
  id: 'wrong-application-name',
  area: 'replication',
  plan(cast) {
    const { primary, standby } = cast
    if (!standby) return undefined
    return {
      node: standby,
      touches: [`${standby.name}/stream`, `${standby.name}/settings/primary_conninfo`],
      needs: [`${primary.name}/network`, ...needsOfPlaybook(cast)],
      symptom: {
        en: `The monitoring asks ${primary.name} for ${standby.name} and finds nobody of that name. Somebody else streams.`,
        ru: `Мониторинг ищет на ${primary.name} реплику ${standby.name} и не находит, зато видит незнакомую.`,
      },
      look: {
        en: `By what name does ${standby.name} appear in pg_stat_replication, and where does that name come from?`,
        ru: `Под каким именем ${standby.name} виден в pg_stat_replication и откуда это имя берётся?`,
      },
      cause: {
        en: `primary_conninfo of ${standby.name} says application_name=${NAME}, which wins over cluster_name.`,
        ru: `В primary_conninfo на ${standby.name} указано application_name=${NAME}, и оно важнее cluster_name.`,
      },
      finding: `replication ${primary.name}: walreceiver of ${standby.name}`,
      observed: /impostor/,
      remedy: [ours('provision'), { on: standby, type: "sudo systemctl restart 'postgresql*'" }],
      async inflict(guest) {
        const file = await fileOfSetting(guest, standby, 'primary_conninfo')
        const add = `/application_name=${NAME}/! s/^primary_conninfo = '/&application_name=${NAME} /`
        await runAsRoot(guest, standby, `sed -i "${add}" ${quoteWord(file)}`)
        await reload(guest, standby)
      },
    }
  },
}

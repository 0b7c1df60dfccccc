import { quoteWord } from '../../tools/process/quote.ts'
import { type ExamFault, needsOfPlaybook, PROVISION } from '../exam-fault.ts'
import { closeSenders, fileNamedBy, reload, runAsRoot } from '../hands.ts'

export const hbaStandbyRejected: ExamFault = {
  id: 'hba-standby-rejected',
  area: 'hba',
  plan(cast) {
    const { primary, standby } = cast
    if (!standby) return undefined
    const { user } = cast.lab.replication
    const line = `host replication ${user} ${standby.address}/32 reject`
    return {
      node: primary,
      touches: [`${primary.name}/hba`, `${standby.name}/stream`],
      needs: [`${standby.name}/replay`, ...needsOfPlaybook(cast)],
      symptom: {
        en: `After the security training ${standby.name} has stopped following: the invoices of today are not there.`,
        ru: `После тренинга по безопасности ${standby.name} перестал обновляться: сегодняшних счетов там нет.`,
      },
      look: {
        en: `The first line of pg_hba.conf that fits decides. Which is it for ${standby.name}?`,
        ru: `В pg_hba.conf решает первая подходящая строка. Какая подходит для ${standby.name}?`,
      },
      cause: {
        en: `pg_hba.conf of ${primary.name} begins with \`${line}\`, which stands before the line that lets it in.`,
        ru: `pg_hba.conf на ${primary.name} начинается с \`${line}\`: до разрешающей строки дело не доходит.`,
      },
      finding: `hba ${primary.name}: lines`,
      observed: / reject/,
      remedy: PROVISION,
      async inflict(guest) {
        const file = quoteWord(await fileNamedBy(guest, primary, 'hba_file'))
        await runAsRoot(guest, primary, `grep -qxF '${line}' ${file} || sed -i '1i ${line}' ${file}`)
        await reload(guest, primary)
        await closeSenders(guest, primary, user)
      },
    }
  },
}

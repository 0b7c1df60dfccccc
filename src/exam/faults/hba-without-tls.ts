import { quoteWord } from '../../tools/process/quote.ts'
import { type ExamFault, needsOfPlaybook, PROVISION } from '../exam-fault.ts'
import { fileNamedBy, reload, runAsRoot } from '../hands.ts'

export const hbaWithoutTls: ExamFault = {
  id: 'hba-without-tls',
  area: 'hba',
  plan(cast) {
    const { lab, primary, standby } = cast
    if (!lab.postgres.tls) return undefined
    const from = (standby ?? primary).address
    return {
      node: primary,
      touches: [`${primary.name}/hba`],
      needs: needsOfPlaybook(cast),
      symptom: {
        en: 'The network team has read our invoices in its traffic. It was all encrypted once.',
        ru: 'Сетевики прочитали наши счета прямо в трафике. Раньше всё было зашифровано.',
      },
      look: {
        en: `Does ${primary.name} insist on TLS, or does it only offer it?`,
        ru: `${primary.name} требует TLS или только предлагает?`,
      },
      cause: {
        en: `pg_hba.conf of ${primary.name} says host where it said hostssl: whoever asks without TLS is let in.`,
        ru: `В pg_hba.conf на ${primary.name} вместо hostssl стоит host: пускают и без TLS.`,
      },
      finding: `hba ${primary.name}: lines that let in without TLS`,
      observed: new RegExp(`host replication ${lab.replication.user} ${from.replaceAll('.', '\\.')}/32`),
      remedy: PROVISION,
      async inflict(guest) {
        const file = await fileNamedBy(guest, primary, 'hba_file')
        await runAsRoot(guest, primary, `sed -i 's/^hostssl/host/' ${quoteWord(file)}`)
        await reload(guest, primary)
      },
    }
  },
}

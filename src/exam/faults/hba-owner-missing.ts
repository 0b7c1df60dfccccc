import { quoteWord } from '../../tools/process/quote.ts'
import { type ExamFault, needsOfPlaybook, PROVISION } from '../exam-fault.ts'
import { fileNamedBy, reload, runAsRoot } from '../hands.ts'

export const hbaOwnerMissing: ExamFault = {
  id: 'hba-owner-missing',
  area: 'hba',
  plan(cast) {
    const { primary } = cast
    const { name, owner } = cast.lab.database
    return {
      node: primary,
      touches: [`${primary.name}/hba`],
      needs: needsOfPlaybook(cast),
      symptom: {
        en: `The application does not start: no way into the database ${name} on ${primary.name}. Its password is the right one, we have looked.`,
        ru: `Приложение не запускается: в базу ${name} на ${primary.name} не пускают. Пароль верный, мы проверяли.`,
      },
      look: {
        en: `Which line of pg_hba.conf on ${primary.name} is for ${owner} over the network?`,
        ru: `Какая строка pg_hba.conf на ${primary.name} пускает ${owner} по сети?`,
      },
      cause: {
        en: `The lines of ${owner} for the network were commented out in pg_hba.conf of ${primary.name}.`,
        ru: `В pg_hba.conf на ${primary.name} закомментированы сетевые строки для ${owner}.`,
      },
      finding: `hba ${primary.name}: lines`,
      observed: new RegExp(`no line host(ssl)? ${name} ${owner} `),
      remedy: PROVISION,
      async inflict(guest) {
        const file = await fileNamedBy(guest, primary, 'hba_file')
        const off = `s/^host.*[[:space:]]${owner}[[:space:]]/#&/`
        await runAsRoot(guest, primary, `sed -i ${quoteWord(off)} ${quoteWord(file)}`)
        await reload(guest, primary)
      },
    }
  },
}

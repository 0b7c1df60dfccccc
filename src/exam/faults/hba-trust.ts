import { type ExamFault, needsOfPlaybook, PROVISION } from '../exam-fault.ts'
import { appendLine, fileNamedBy, reload } from '../hands.ts'

export const hbaTrust: ExamFault = {
  id: 'hba-trust',
  area: 'hba',
  plan(cast) {
    const { lab, primary } = cast
    const line = `host all all ${lab.network.subnet} trust`
    return {
      node: primary,
      touches: [`${primary.name}/hba`],
      needs: needsOfPlaybook(cast),
      symptom: {
        en: 'A trainee logged in to the accounting database, and nobody has ever given him a password.',
        ru: 'Стажёр зашёл в базу бухгалтерии, хотя пароля ему никто не давал.',
      },
      look: {
        en: `Which lines of pg_hba.conf on ${primary.name} ask for no password?`,
        ru: `Какие строки pg_hba.conf на ${primary.name} не требуют пароля?`,
      },
      cause: {
        en: `pg_hba.conf of ${primary.name} got the line \`${line}\`.`,
        ru: `В pg_hba.conf на ${primary.name} добавлена строка \`${line}\`.`,
      },
      finding: `hba ${primary.name}: lines with trust`,
      observed: new RegExp(line.replaceAll('.', '\\.')),
      remedy: PROVISION,
      async inflict(guest) {
        const file = await fileNamedBy(guest, primary, 'hba_file')
        await appendLine(guest, primary, file, line)
        await reload(guest, primary)
      },
    }
  },
}

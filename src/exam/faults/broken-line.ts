import { type ExamFault, needsOfPlaybook, PROVISION } from '../exam-fault.ts'
import { appendLine, fileNamedBy, reload } from '../hands.ts'

export const brokenLine: ExamFault = {
  id: 'broken-line',
  area: 'settings',
  plan(cast) {
    const { primary } = cast
    const line = 'work_memm = 64MB'
    return {
      node: primary,
      // A file with an error in it is not read at all.
      touches: [`${primary.name}/settings`],
      needs: needsOfPlaybook(cast),
      symptom: {
        en: `Whatever we change in postgresql.conf of ${primary.name}, a reload does nothing.`,
        ru: `Что ни меняй в postgresql.conf на ${primary.name}, после перечитывания ничего не происходит.`,
      },
      look: {
        en: `What does ${primary.name} say of its configuration files (pg_file_settings)?`,
        ru: `Что говорит ${primary.name} о своих файлах конфигурации (pg_file_settings)?`,
      },
      cause: {
        en: `postgresql.conf of ${primary.name} has the line \`${line}\`. The server refuses the whole file, and would not start again.`,
        ru: `В postgresql.conf на ${primary.name} есть строка \`${line}\`. Сервер отвергает весь файл и после остановки не запустится.`,
      },
      finding: `settings ${primary.name}: errors in the configuration files`,
      observed: /work_memm/,
      remedy: PROVISION,
      async inflict(guest) {
        const file = await fileNamedBy(guest, primary, 'config_file')
        await appendLine(guest, primary, file, line)
        await reload(guest, primary)
      },
    }
  },
}

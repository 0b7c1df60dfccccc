import { sectionsOfBarman } from '../barman-files.ts'
import { type ExamFault, needsOfPlaybook, PROVISION } from '../exam-fault.ts'
import { runAsRoot } from '../hands.ts'

export const walUncompressed: ExamFault = {
  id: 'wal-uncompressed',
  area: 'barman',
  plan(cast) {
    const { backup } = cast
    if (!backup || backup.compression === 'none') return undefined
    return {
      node: backup,
      touches: [`${backup.name}/configuration`],
      needs: [`${backup.name}/stream`, ...needsOfPlaybook(cast)],
      symptom: {
        en: `The archive on ${backup.name} grows much faster than before, with no more work done.`,
        ru: `Архив на ${backup.name} растёт гораздо быстрее прежнего, хотя работы не прибавилось.`,
      },
      look: {
        en: `What does Barman do to a WAL file before it keeps it?`,
        ru: `Что Barman делает с файлом WAL, прежде чем положить в архив?`,
      },
      cause: {
        en: `compression was taken out of Barman's configuration: WAL is kept as it comes.`,
        ru: `Из конфигурации Barman убран compression: WAL хранится без сжатия.`,
      },
      finding: `retention ${backup.name}: compression`,
      observed: /^none$/,
      remedy: PROVISION,
      inflict: (guest) =>
        runAsRoot(guest, backup, `${sectionsOfBarman(backup)} | xargs -r sed -i 's/^compression/;&/'`),
    }
  },
}

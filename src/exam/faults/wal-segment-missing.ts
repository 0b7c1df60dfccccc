import { archiveWal } from '../../postgres/wal.ts'
import { quoteWord } from '../../tools/process/quote.ts'
import { type ExamFault, ours } from '../exam-fault.ts'
import { runAsRoot } from '../hands.ts'

export const walSegmentMissing: ExamFault = {
  id: 'wal-segment-missing',
  area: 'wal',
  plan({ primary, backup }) {
    if (!backup) return undefined
    return {
      node: backup,
      touches: [`${backup.name}/archive`],
      needs: [
        'primary',
        ...['stream', 'folders', 'configuration', 'cron/service'].map((part) => `${backup.name}/${part}`),
        ...[`roles/${backup.user}/functions`, 'network'].map((part) => `${primary.name}/${part}`),
      ],
      symptom: {
        en: 'A rehearsal went wrong: the old backup could be restored, but not to a moment of today. It stops half-way.',
        ru: 'Учебное восстановление не удалось: старая копия разворачивается, но до сегодняшнего дня не доходит и обрывается.',
      },
      look: {
        en: `Does ${backup.name} have every WAL segment since the first backup?`,
        ru: `Все ли сегменты WAL со времени первой копии есть на ${backup.name}?`,
      },
      cause: {
        en: `A WAL segment was deleted from the archive on ${backup.name}. It is gone for good: what helps is a new backup.`,
        ru: `Из архива на ${backup.name} удалён сегмент WAL. Его не вернуть: нужна новая резервная копия.`,
      },
      finding: `continuity ${backup.name}: WAL since the first backup`,
      observed: /missing: [\dA-F]{24}/,
      remedy: [ours('backup'), { on: backup, type: `sudo -u barman barman delete ${backup.server} first` }],
      async inflict(guest) {
        for (let turn = 0; turn < 2; turn += 1) await archiveWal(primary, backup, guest)
        // One of the first backup's own: at three in the morning cron takes another.
        const listed = `cd / && sudo -u barman barman list-files --target wal ${quoteWord(backup.server)} first`
        await runAsRoot(guest, backup, `${listed} | tail -n 2 | head -n 1 | xargs rm -f`)
      },
    }
  },
}

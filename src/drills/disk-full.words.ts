import { barmanPaths } from '../guest-paths.ts'
import type { Text } from '../report/drill-report.ts'
import type { DrillWords } from './drill.ts'
import { isWell } from './rehearsal/next-hint.ts'

/** What fills the disk. Barman leaves files of this kind alone in its folders. */
export const FILLER = 'forgotten.tmp'

export const WORDS: DrillWords = {
  title: { en: 'The disk of the backup host is full', ru: 'На узле резервного копирования кончилось место' },
  teaches: {
    en: 'where WAL waits when Barman has no room, and what has to be done besides making room',
    ru: 'где WAL ждёт, когда у Barman нет места, и что нужно сделать, кроме как освободить его',
  },
  intro: ({ primary, victim }) => [
    {
      en: `Barman on ${victim} gets a disk of 128 MB for the WAL it receives, and somebody’s forgotten file fills it.`,
      ru: `Barman на ${victim} получает для принимаемого WAL диск в 128 МБ, и чей-то забытый файл его заполняет.`,
    },
    {
      en: `pg_receivewal ends with “No space left on device”, while ${primary} keeps accepting writes.`,
      ru: `pg_receivewal завершается с «No space left on device», а ${primary} продолжает принимать запись.`,
    },
    {
      en: 'Then room is made, and the archive is looked through for a gap. The disk of your own computer is never filled.',
      ru: 'Затем место освобождается, и архив проверяется на пропуски. Диск вашего компьютера не заполняется.',
    },
  ],
  watch: ({ primary }) => [
    {
      en: `\`npx create-pg-lab status --watch\`: the slot of Barman becomes inactive on ${primary}, and WAL piles up there instead.`,
      ru: `\`npx create-pg-lab status --watch\`: слот Barman на ${primary} станет inactive, и WAL начнёт копиться там.`,
    },
  ],
  promise: ({ victim }) => ({
    en: `The disk under Barman’s incoming WAL on ${victim} is full, and receive-wal does not run.`,
    ru: `Диск под принимаемым WAL на ${victim} заполнен, и receive-wal не работает.`,
  }),
  hints: ({ victim }, lab) => {
    const ssh = `npx create-pg-lab ssh ${victim} --`
    const folder = `~barman/${lab.backup?.server}/streaming`
    return [
      {
        en: 'Barman says what is wrong.',
        ru: 'Barman сам скажет, что не так.',
        type: `${ssh} sudo -u barman barman check ${lab.backup?.server}`,
      },
      {
        en: 'Its log says more.',
        ru: 'Его журнал скажет больше.',
        type: `${ssh} sudo tail ${barmanPaths().log}`,
      },
      {
        en: 'What has run out of room, and what took it?',
        ru: 'Где кончилось место и чем оно занято?',
        type: `${ssh} 'sudo df -h; sudo sh -c "ls -la ${folder}"'`,
      },
      { en: 'Make room.', ru: 'Освободите место.', type: `${ssh} 'sudo sh -c "rm ${folder}/${FILLER}"'` },
      {
        en: 'A .partial that was cut off stops pg_receivewal for good, and the slot has its WAL. Remove what is not 16 MB.',
        ru: 'Обрезанный .partial остановит pg_receivewal навсегда, а его WAL есть у слота. Удалите всё, что не 16 МБ.',
        type: `${ssh} 'sudo sh -c "find ${folder} -name \\*.partial ! -size 16777216c -delete"'`,
      },
      {
        en: 'Cron starts receive-wal within a minute. This does not wait for it.',
        ru: 'Cron запустит receive-wal в течение минуты. Эта команда не ждёт.',
        type: `${ssh} sudo -u barman barman cron`,
        isDone: isWell(victim),
      },
    ]
  },
  lessons: ({ loss }) => [
    {
      en: 'Where Barman has no room, WAL waits on the primary, in the slot. The trouble moves to the disk that matters most.',
      ru: 'Когда у Barman нет места, WAL ждёт на мастере, в слоте. Проблема переходит на самый важный диск.',
    },
    {
      en: 'Room alone may not be enough: pg_receivewal leaves a .partial that is too short, and refuses to go on from it.',
      ru: 'Одного места бывает мало: pg_receivewal оставляет слишком короткий .partial и отказывается с него продолжать.',
    },
    {
      en: `The slot gives WAL up only when it is confirmed. Commits lost: ${loss.lost.length}.`,
      ru: `Слот отпускает WAL только после подтверждения. Потеряно транзакций: ${loss.lost.length}.`,
    },
  ],
}

/** Titles of its steps, and names of what it measures. */
export const SAY = {
  otherSegments: (mb: number): Text => ({
    en: `its disk is for WAL segments of 16 MB, and this cluster was made with ${mb} MB`,
    ru: `диск в нём рассчитан на сегменты WAL по 16 МБ, а этот кластер создан с сегментами по ${mb} МБ`,
  }),
  fillDisk: (backup: string): Text => ({ en: `Fill the disk of ${backup}`, ru: `Заполнить диск ${backup}` }),
  untilReceiveWalStops: {
    en: 'Wait until receive-wal gives up',
    ru: 'Дождаться, пока receive-wal остановится',
  },
  finishWalFile: {
    en: 'Finish another WAL file without Barman',
    ru: 'Заполнить ещё один файл WAL без Barman',
  },
  makeRoom: { en: 'Make room', ru: 'Освободить место' },
  receiveAgain: { en: 'Let Barman receive WAL again', ru: 'Возобновить приём WAL в Barman' },
  untilArchived: { en: 'Wait until the archive has it all', ru: 'Дождаться, пока в архиве будет всё' },
  mostKept: { en: 'Most WAL the slot kept for Barman', ru: 'Слот хранил для Barman максимум' },
}

import type { Text } from '../report/drill-report.ts'
import type { DrillWords } from './drill.ts'
import { isThere, isWell } from './rehearsal/next-hint.ts'

/** WAL files that end while Barman is away: a gap would show. */
export const FILES_MEANWHILE = 3

export const WORDS: DrillWords = {
  title: {
    en: 'The backup host goes away, and comes back',
    ru: 'Узел резервного копирования пропал и вернулся',
  },
  teaches: {
    en: 'why Barman has a slot too: after its outage no WAL file is missing',
    ru: 'зачем слот и Barman: после его простоя в архиве нет ни одного пропуска WAL',
  },
  intro: ({ primary, victim }) => [
    {
      en: `The machine ${victim} is switched off, while ${primary} keeps accepting writes and finishes several WAL files.`,
      ru: `Машина ${victim} выключается, а ${primary} продолжает принимать запись и заполняет несколько файлов WAL.`,
    },
    {
      en: 'Barman cannot receive them. Its slot keeps them on the primary.',
      ru: 'Barman их не получает. Его слот хранит их на мастере.',
    },
    {
      en: 'Then the machine is started, and the archive is looked through for a gap.',
      ru: 'Затем машина включается, и архив проверяется на пропуски.',
    },
  ],
  watch: ({ primary }) => [
    {
      en: `\`npx create-pg-lab status --watch\`: the slot of Barman becomes inactive on ${primary}, and KEEPS jumps by 16 MB a file.`,
      ru: `\`npx create-pg-lab status --watch\`: слот Barman на ${primary} станет inactive, а KEEPS будет расти на 16 МБ с каждым файлом.`,
    },
  ],
  promise: ({ victim }) => ({
    en: `The machine ${victim} is off. WAL piles up on the primary, and nobody takes a backup.`,
    ru: `Машина ${victim} выключена. WAL копится на мастере, резервных копий никто не делает.`,
  }),
  hints: ({ victim }, lab) => [
    { en: 'Who does not answer?', ru: 'Кто не отвечает?', type: 'npx create-pg-lab status' },
    { en: 'Is the machine on?', ru: 'Машина включена?', type: `vagrant status ${victim}` },
    {
      en: 'Switch it on.',
      ru: 'Включите её.',
      type: `vagrant up ${victim} --no-provision`,
      isDone: isThere(victim),
    },
    {
      en: "Barman's cron job starts receive-wal within a minute. This does not wait for it.",
      ru: 'Задание cron у Barman запустит receive-wal в течение минуты. Эта команда не ждёт.',
      type: `npx create-pg-lab ssh ${victim} -- sudo -u barman barman cron`,
      isDone: isWell(victim),
    },
    {
      en: 'Is a file missing?',
      ru: 'Нет ли пропуска?',
      type: 'npx create-pg-lab verify --only continuity,barman',
    },
    {
      en: 'What does Barman itself say?',
      ru: 'Что отвечает сам Barman?',
      type: `npx create-pg-lab ssh ${victim} -- sudo -u barman barman check ${lab.backup?.server}`,
    },
  ],
  lessons: () => [
    {
      en: 'receive-wal is a client of the primary like a standby. With a slot of its own it may be away for a while: its WAL waits.',
      ru: 'receive-wal — такой же клиент мастера, как реплика. Со своим слотом он может отсутствовать: его WAL подождёт.',
    },
    {
      en: 'Without the slot the archive would have a gap, and no backup before it could be restored to a moment after it.',
      ru: 'Без слота в архиве был бы пропуск, и ни одну копию до него нельзя было бы восстановить на момент после него.',
    },
    {
      en: 'What waits, waits on the primary’s disk. An alarm on inactive slots belongs to every backup.',
      ru: 'То, что ждёт, ждёт на диске мастера. Оповещение о неактивных слотах — часть любого резервного копирования.',
    },
  ],
}

/** Titles of its steps, and names of what it measures. */
export const SAY = {
  switchOff: (victim: string): Text => ({ en: `Switch ${victim} off`, ru: `Выключить ${victim}` }),
  finishWalFiles: {
    en: `Finish ${FILES_MEANWHILE} WAL files without Barman`,
    ru: `Заполнить без Barman ${FILES_MEANWHILE} файла WAL`,
  },
  switchOn: (backup: string): Text => ({ en: `Switch ${backup} on`, ru: `Включить ${backup}` }),
  receiveAgain: { en: 'Let Barman receive WAL again', ru: 'Возобновить приём WAL в Barman' },
  untilArchived: { en: 'Wait until the archive has it all', ru: 'Дождаться, пока в архиве будет всё' },
  mostKept: { en: 'Most WAL the slot kept for Barman', ru: 'Слот хранил для Barman максимум' },
  archiveStopped: { en: 'No WAL reached the archive for', ru: 'WAL не поступал в архив' },
}

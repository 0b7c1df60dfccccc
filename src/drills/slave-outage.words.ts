import type { Text } from '../report/drill-report.ts'
import type { DrillWords } from './drill.ts'
import { isWell } from './rehearsal/next-hint.ts'
import { openOutageMs, outageOf } from './rehearsal/recording.ts'

/** So many commits are made while the slave is away. */
export const COMMITS_MEANWHILE = 500

export const WORDS: DrillWords = {
  title: { en: 'A slave goes away, and comes back', ru: 'Реплика пропала и вернулась' },
  teaches: {
    en: 'why a standby has a slot: it comes back after an outage and misses nothing',
    ru: 'зачем реплике слот: после простоя она догоняет мастер и ничего не теряет',
  },
  intro: ({ primary, victim }) => [
    {
      en: `PostgreSQL on ${victim} is stopped, while ${primary} keeps accepting writes.`,
      ru: `PostgreSQL на ${victim} останавливается, а ${primary} продолжает принимать запись.`,
    },
    {
      en: `${primary} may not remove WAL that ${victim} does not have yet: the slot keeps it.`,
      ru: `${primary} не может удалить WAL, которого ${victim} ещё не получил: его хранит слот.`,
    },
    {
      en: `Then ${victim} is started again, and fetches what it missed.`,
      ru: `Затем ${victim} запускается снова и забирает всё, что пропустил.`,
    },
  ],
  watch: () => [
    {
      en: '`npx create-pg-lab status --watch` in a second terminal: the slot becomes inactive, and KEEPS grows.',
      ru: '`npx create-pg-lab status --watch` во втором терминале: слот станет inactive, а KEEPS будет расти.',
    },
  ],
  promise: ({ victim }) => ({
    en: `PostgreSQL on ${victim} is stopped. The slot keeps WAL for it, and it grows.`,
    ru: `PostgreSQL на ${victim} остановлен. Слот хранит для него WAL, и тот копится.`,
  }),
  hints: ({ victim }) => [
    {
      en: 'Who streams, and which slot is not active?',
      ru: 'Кто получает WAL и какой слот не активен?',
      type: 'npx create-pg-lab status',
    },
    {
      en: 'Is the server there at all?',
      ru: 'Работает ли там сервер вообще?',
      type: `npx create-pg-lab ssh ${victim} -- "systemctl list-units --all 'postgresql*'"`,
    },
    {
      en: 'Start it. The slot does the rest.',
      ru: 'Запустите его. Остальное сделает слот.',
      type: `npx create-pg-lab ssh ${victim} -- sudo systemctl start postgresql`,
      isDone: isWell(victim),
    },
  ],
  lessons: ({ lab, recording, disasterMs }) => [
    {
      en: 'A slot remembers how far its standby has come, and its server keeps all WAL from there on. So an outage costs disk space and time, and no clone.',
      ru: 'Слот помнит, докуда дошла реплика, и сервер хранит весь WAL с этого места. Поэтому простой стоит места на диске и времени, но не нового клонирования.',
    },
    {
      en: `The price has a limit: max_slot_wal_keep_size (here ${lab.postgres.settings.max_slot_wal_keep_size ?? 'none'}). Beyond it the slot is invalidated: see the drill slot-overflow.`,
      ru: `У этой цены есть предел: max_slot_wal_keep_size (здесь ${lab.postgres.settings.max_slot_wal_keep_size ?? 'нет'}). За ним слот становится недействительным: см. учение slot-overflow.`,
    },
    outageOf(recording.commits, disasterMs) || openOutageMs(recording, disasterMs) > 0
      ? {
          en: 'Commits waited meanwhile: in synchronous mode availability is what zero loss costs.',
          ru: 'Транзакции ждали: в синхронном режиме нулевые потери оплачены доступностью.',
        }
      : {
          en: 'No commit had to wait for this standby: writes went on as if nothing had happened.',
          ru: 'Ни одна транзакция не ждала эту реплику: запись шла как ни в чём не бывало.',
        },
  ],
}

/** Titles of its steps, and names of what it measures. */
export const SAY = {
  stop: (victim: string): Text => ({
    en: `Stop PostgreSQL on ${victim}`,
    ru: `Остановить PostgreSQL на ${victim}`,
  }),
  commitWithoutIt: {
    en: `Make ${COMMITS_MEANWHILE} commits without it`,
    ru: `Зафиксировать без неё ${COMMITS_MEANWHILE} транзакций`,
  },
  start: (victim: string): Text => ({
    en: `Start PostgreSQL on ${victim}`,
    ru: `Запустить PostgreSQL на ${victim}`,
  }),
  mostKept: { en: 'Most WAL the slot kept for it', ru: 'Слот хранил для неё максимум' },
  away: (victim: string): Text => ({ en: `${victim} was away for`, ru: `${victim} отсутствовала` }),
}

import type { Text } from '../report/drill-report.ts'
import type { DrillWords } from './drill.ts'
import { isWell } from './rehearsal/next-hint.ts'

/** Four WAL files: so little that a laptop need not write gigabytes to see it. */
export const LIMIT = '64MB'

export const WORDS: DrillWords = {
  title: { en: 'A slave stays away too long', ru: 'Реплика отсутствовала слишком долго' },
  teaches: {
    en: 'what max_slot_wal_keep_size is for: a slot that is lost, and the clone that follows',
    ru: 'зачем нужен max_slot_wal_keep_size: слот потерян, и реплику приходится клонировать',
  },
  intro: ({ primary, victim }) => [
    {
      en: `Slots on ${primary} may keep only ${LIMIT} of WAL for a while (max_slot_wal_keep_size). Then ${victim} is stopped.`,
      ru: `Слотам на ${primary} на время разрешено хранить лишь ${LIMIT} WAL (max_slot_wal_keep_size). Затем ${victim} останавливается.`,
    },
    {
      en: `More WAL is written than that. To save its own disk, ${primary} invalidates the slot of ${victim}.`,
      ru: `WAL пишется больше этого. Чтобы спасти свой диск, ${primary} признаёт слот ${victim} недействительным.`,
    },
    {
      en: `${victim} cannot catch up any more: it is cloned again.`,
      ru: `Догнать мастер ${victim} уже не может: реплика клонируется заново.`,
    },
  ],
  watch: ({ primary }) => [
    {
      en: `\`npx create-pg-lab status --watch\`: the slot on ${primary} goes from reserved through extended and unreserved to lost.`,
      ru: `\`npx create-pg-lab status --watch\`: слот на ${primary} проходит путь от reserved через extended и unreserved до lost.`,
    },
  ],
  promise: ({ victim }) => ({
    en: `The slot of ${victim} is lost: WAL it needs is gone. Started, it cannot go on.`,
    ru: `Слот ${victim} потерян: нужного ей WAL больше нет. Даже запущенная, она не сможет продолжить.`,
  }),
  hints: ({ primary, victim }) => [
    {
      en: 'What became of the slot?',
      ru: 'Что стало со слотом?',
      type: 'npx create-pg-lab verify --only slots',
    },
    {
      en: 'How much may a slot keep, and who says so?',
      ru: 'Сколько может хранить слот и кто это задал?',
      type: 'npx create-pg-lab verify --only settings',
    },
    {
      en: 'Take the limit back.',
      ru: 'Верните прежний предел.',
      type: `npx create-pg-lab psql ${primary} -c 'ALTER SYSTEM RESET max_slot_wal_keep_size' -c 'ALTER SYSTEM RESET wal_keep_size' -c 'SELECT pg_reload_conf()'`,
    },
    {
      en: 'WAL that was removed does not come back: clone the standby again.',
      ru: 'Удалённого WAL не вернуть: клонируйте реплику заново.',
      type: `npx create-pg-lab reinit ${victim} --yes`,
      isDone: isWell(victim),
    },
  ],
  lessons: () => [
    {
      en: 'A slot without a limit fills the primary’s disk, and the primary stops. max_slot_wal_keep_size sacrifices the standby instead.',
      ru: 'Слот без предела заполняет диск мастера, и мастер останавливается. max_slot_wal_keep_size жертвует репликой.',
    },
    {
      en: 'wal_status says how near it is: extended, then unreserved, then lost. An alarm belongs on everything but reserved.',
      ru: 'wal_status показывает, насколько это близко: extended, unreserved, lost. Оповещение нужно на всё, кроме reserved.',
    },
    {
      en: 'A lost slot is a new clone. With the WAL in an archive, restore_command could have brought the standby back without one.',
      ru: 'Потерянный слот — это новое клонирование. Будь WAL доступен через restore_command, реплика обошлась бы без него.',
    },
  ],
}

/** Titles of its steps, and names of what it measures. */
export const SAY = {
  noLimit: (version: number): Text => ({
    en: `PostgreSQL ${version} has no max_slot_wal_keep_size`,
    ru: `в PostgreSQL ${version} нет max_slot_wal_keep_size`,
  }),
  limitSlots: { en: `Let slots keep ${LIMIT} at most`, ru: `Разрешить слотам хранить не больше ${LIMIT}` },
  stop: (victim: string): Text => ({
    en: `Stop PostgreSQL on ${victim}`,
    ru: `Остановить PostgreSQL на ${victim}`,
  }),
  untilSlotIsLost: { en: 'Write WAL until the slot is lost', ru: 'Писать WAL, пока слот не будет потерян' },
  takeLimitBack: { en: 'Take the limit back', ru: 'Вернуть прежний предел' },
  cloneAgain: (victim: string): Text => ({ en: `Clone ${victim} again`, ru: `Клонировать ${victim} заново` }),
  mostKept: {
    en: 'Most WAL the slot kept before it was invalidated',
    ru: 'Слот хранил максимум, пока не стал недействительным',
  },
  unprotected: { en: 'Without this standby', ru: 'Без этой реплики' },
}

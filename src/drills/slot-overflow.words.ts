import { type Lab, postgresNodes } from '../lab.ts'
import { literal } from '../postgres/sql.ts'
import type { Text } from '../report/drill-report.ts'
import type { DrillWords } from './drill.ts'
import { isWell } from './rehearsal/next-hint.ts'

/** Four WAL files: so little that a laptop need not write gigabytes to see it. */
export const LIMIT = '64MB'

/** Whether standbys get WAL that they have missed from Barman. */
export function hasArchive({ backup }: Lab): boolean {
  return backup?.method === 'rsync'
}

export function slotAnewSql(slot: string): string {
  return `SELECT pg_drop_replication_slot(${literal(slot)}); SELECT pg_create_physical_replication_slot(${literal(slot)}, true);`
}

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
      en: `${victim} cannot catch up any more: it is cloned again. Only where standbys get WAL from Barman it catches up without a clone.`,
      ru: `Догнать мастер ${victim} уже не может: реплика клонируется заново. Только там, где WAL репликам отдаёт Barman, она догонит без клонирования.`,
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
  hints: ({ primary, victim }, lab) => [
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
    ...(hasArchive(lab)
      ? [
          {
            en: 'WAL that the primary has removed is at Barman, and restore_command gets it. Make the slot again.',
            ru: 'WAL, удалённый мастером, есть у Barman, и restore_command его получит. Создайте слот заново.',
            type: `npx create-pg-lab psql ${primary} -c "${slotAnewSql(postgresNodes(lab).find(({ name }) => name === victim)?.slot ?? '')}"`,
          },
          {
            en: 'Start the standby: it catches up from the archive, then it streams.',
            ru: 'Запустите реплику: она догонит из архива, а дальше получит поток.',
            type: 'npx create-pg-lab up',
            isDone: isWell(victim),
          },
        ]
      : [
          {
            en: 'WAL that was removed does not come back: clone the standby again.',
            ru: 'Удалённого WAL не вернуть: клонируйте реплику заново.',
            type: `npx create-pg-lab reinit ${victim} --yes`,
            isDone: isWell(victim),
          },
        ]),
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
  makeSlotAnew: { en: 'Make the slot again', ru: 'Создать слот заново' },
  archiveAll: { en: 'Bring all WAL into Barman’s archive', ru: 'Передать весь WAL в архив Barman' },
  startAgain: (victim: string): Text => ({
    en: `Start ${victim}: it catches up from the archive`,
    ru: `Запустить ${victim}: она догонит из архива`,
  }),
  takeLimitBack: { en: 'Take the limit back', ru: 'Вернуть прежний предел' },
  cloneAgain: (victim: string): Text => ({ en: `Clone ${victim} again`, ru: `Клонировать ${victim} заново` }),
  mostKept: {
    en: 'Most WAL the slot kept before it was invalidated',
    ru: 'Слот хранил максимум, пока не стал недействительным',
  },
  unprotected: { en: 'Without this standby', ru: 'Без этой реплики' },
}

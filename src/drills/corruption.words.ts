import type { Text } from '../report/drill-report.ts'
import type { DrillWords } from './drill.ts'
import { bringBackCommand, GUARDED_TABLE, REMOVE_RESTORED_HINT } from './rehearsal/guarded-table.ts'

export const ON_STANDBY = 'standby'

export const READ = `SELECT count(v) FROM ${GUARDED_TABLE}`

export const WORDS: DrillWords = {
  title: { en: 'A page on the disk is damaged', ru: 'Повреждена страница на диске' },
  teaches: {
    en: 'how checksums find a damaged page, and how it is brought back whole',
    ru: 'как контрольные суммы находят повреждённую страницу и как вернуть её целой',
  },
  intro: ({ victim, writer, how }) => [
    {
      en: `A few bytes of a table’s file are overwritten on ${victim} while PostgreSQL is stopped there, as a failing disk does it.`,
      ru: `На ${victim}, пока PostgreSQL остановлен, в файле таблицы затираются несколько байт, как это делает умирающий диск.`,
    },
    {
      en: 'PostgreSQL starts as if nothing had happened. Only a reader of that page finds out: its checksum is wrong.',
      ru: 'PostgreSQL запускается как ни в чём не бывало. Об ошибке узнаёт лишь тот, кто читает эту страницу: контрольная сумма не сходится.',
    },
    how === ON_STANDBY
      ? { en: `${victim} is cloned again.`, ru: `${victim} клонируется заново.` }
      : {
          en: `The backup and its WAL are restored on ${writer}; the table is taken out of it and brought back.`,
          ru: `Копия и её WAL восстанавливаются на ${writer}; таблица берётся оттуда и возвращается на место.`,
        },
  ],
  watch: ({ victim }) => [
    {
      en: `\`npx create-pg-lab status --watch\`: ${victim} is away for a moment, then all is green, damaged as it is.`,
      ru: `\`npx create-pg-lab status --watch\`: ${victim} ненадолго пропадёт, затем всё снова зелёное, хотя страница повреждена.`,
    },
  ],
  promise: ({ victim }) => ({
    en: `A page of the table ${GUARDED_TABLE} is damaged on ${victim}.`,
    ru: `На ${victim} повреждена страница таблицы ${GUARDED_TABLE}.`,
  }),
  hints: ({ primary, victim, how }, lab) => {
    const read = {
      en: 'What does PostgreSQL say when the table is read?',
      ru: 'Что PostgreSQL отвечает тому, кто читает таблицу?',
      type: `npx create-pg-lab psql ${victim} -c '${READ}'`,
    }
    if (how === ON_STANDBY) {
      return [
        read,
        {
          en: 'Is it whole on the primary? Damage does not travel with the WAL.',
          ru: 'А на мастере она цела? Повреждение не передаётся через WAL.',
          type: `npx create-pg-lab psql ${primary} -c '${READ}'`,
        },
        {
          en: 'Clone the standby again.',
          ru: 'Клонируйте реплику заново.',
          type: `npx create-pg-lab reinit ${victim} --yes`,
        },
      ]
    }
    return [
      read,
      {
        en: 'The backup was taken before, and WAL has every row since: restore all of it beside the cluster.',
        ru: 'Копия снята раньше, а в WAL есть все строки после неё: восстановите всё это рядом с кластером.',
        type: 'npx create-pg-lab restore --to latest',
      },
      {
        en: 'Take the table from there and replace the damaged one.',
        ru: 'Возьмите таблицу оттуда и поставьте на место повреждённой.',
        type: bringBackCommand(lab, primary),
      },
      REMOVE_RESTORED_HINT,
    ]
  },
  lessons: (_results, { how }) => [
    {
      en: 'A damaged page stays unnoticed until somebody reads it: a query, a base backup, pg_checksums. So read everything from time to time.',
      ru: 'Повреждённая страница остаётся незамеченной, пока её не прочтут: запросом, базовой копией, pg_checksums. Поэтому время от времени читайте всё.',
    },
    {
      en: 'Without checksums PostgreSQL would have given out wrong rows, or crashed.',
      ru: 'Без контрольных сумм PostgreSQL выдал бы неверные строки или упал.',
    },
    how === ON_STANDBY
      ? {
          en: 'Damage does not travel with the WAL: the primary was whole, and a clone from it is too.',
          ru: 'Повреждение не передаётся через WAL: мастер цел, и клон с него тоже.',
        }
      : {
          en: 'Damage does not travel with the WAL: an older backup with all WAL after it gives the rows of today, whole.',
          ru: 'Повреждение не передаётся через WAL: старая копия со всем WAL после неё даёт сегодняшние строки, целыми.',
        },
  ],
}

/** Titles of its steps, and names of what it measures. */
export const SAY = {
  noChecksums: {
    en: 'its cluster was made without checksums, so nobody would notice the damage',
    ru: 'его кластер создан без контрольных сумм, и повреждения никто бы не заметил',
  },
  restoreBeside: { en: 'Restore the backup and all WAL, beside', ru: 'Восстановить копию и весь WAL, рядом' },
  bringTableBack: { en: 'Bring the table back', ru: 'Вернуть таблицу' },
  cloneAgain: (victim: string): Text => ({ en: `Clone ${victim} again`, ru: `Клонировать ${victim} заново` }),
  untilCaughtUp: { en: 'Wait until it has caught up', ru: 'Дождаться, пока она догонит мастер' },
  writeTable: { en: 'Write rows to a table', ru: 'Записать строки в таблицу' },
  damagePage: (victim: string): Text => ({
    en: `Damage a page of it on ${victim}`,
    ru: `Повредить её страницу на ${victim}`,
  }),
  readTable: { en: 'Read the table', ru: 'Прочитать таблицу' },
}

import type { Text } from '../report/drill-report.ts'
import type { DrillWords } from './drill.ts'
import {
  bringBackCommand,
  GUARDED_TABLE,
  REMOVE_RESTORED_HINT,
  secondBeforeSql,
} from './rehearsal/guarded-table.ts'
import { SCHEMA } from './rehearsal/writer.ts'

export const IN_PLACE = 'in-place'

/** Whoever drops a table looks at the clock first; so we need not search the WAL for it. */
export const DROPPED = `${SCHEMA}.precious_dropped`

/** The second before, as `restore --to` takes it. */
export const TARGET_SQL = secondBeforeSql(DROPPED)

export const WORDS: DrillWords = {
  title: { en: 'Somebody drops a table', ru: 'Кто-то удалил таблицу' },
  teaches: {
    en: 'how the second before a mistake is brought back from a backup and WAL',
    ru: 'как из копии и WAL вернуть секунду до ошибки',
  },
  intro: ({ primary, writer, how }) => [
    {
      en: `Rows are written to a table on ${primary}. Some seconds later somebody drops it, and the slaves follow at once.`,
      ru: `В таблицу на ${primary} пишутся строки. Через несколько секунд её кто-то удаляет, и реплики тут же повторяют.`,
    },
    how === IN_PLACE
      ? {
          en: `The second before comes back over ${primary}: what anybody wrote since is given up, and the slaves are cloned again.`,
          ru: `Секунда до этого возвращается поверх ${primary}: всё, что записано после, пропадает, а реплики клонируются заново.`,
        }
      : {
          en: `The second before comes back as a server of its own on ${writer}; the table is taken out of it and brought back.`,
          ru: `Секунда до этого возвращается отдельным сервером на ${writer}; таблица берётся оттуда и возвращается на место.`,
        },
    {
      en: 'Its rows are compared, and nothing younger than that second may be there.',
      ru: 'Строки сравниваются, и ничего новее этой секунды там быть не должно.',
    },
  ],
  watch: () => [
    {
      en: '`npx create-pg-lab status --watch` in a second terminal: all stays green. No monitoring sees a dropped table.',
      ru: '`npx create-pg-lab status --watch` во втором терминале: всё зелёное. Удалённую таблицу не видит никакой мониторинг.',
    },
  ],
  promise: ({ primary }) => ({
    en: `The table ${GUARDED_TABLE} is gone on ${primary}, and on every slave.`,
    ru: `Таблицы ${GUARDED_TABLE} нет ни на ${primary}, ни на репликах.`,
  }),
  hints: ({ primary, how }, lab) => {
    const ask = `npx create-pg-lab psql ${primary} -X -A -t -c`
    const restore = `npx create-pg-lab restore --to "$(${ask} "${TARGET_SQL}")"`
    const look = {
      en: 'When was it dropped? Whoever did it looked at the clock.',
      ru: 'Когда её удалили? Тот, кто это сделал, посмотрел на часы.',
      type: `${ask} "SELECT * FROM ${DROPPED}"`,
    }
    const inPlace = {
      en: 'Bring the second before back over the primary. What was written since is given up.',
      ru: 'Верните секунду до этого поверх мастера. Записанное после пропадёт.',
      type: `${restore} --in-place --yes`,
    }
    if (how === IN_PLACE) return [look, inPlace]
    return [
      look,
      {
        en: 'Bring the second before back beside the cluster.',
        ru: 'Верните секунду до этого рядом с кластером.',
        type: restore,
      },
      {
        en: 'Is the table there, with all rows?',
        ru: 'Таблица на месте, со всеми строками?',
        type: `npx create-pg-lab psql ${lab.backup?.name} -c "SELECT count(*) FROM ${GUARDED_TABLE}"`,
      },
      {
        en: 'Take it out of there, and bring it back.',
        ru: 'Возьмите её оттуда и верните на место.',
        type: bringBackCommand(lab, primary),
      },
      REMOVE_RESTORED_HINT,
    ]
  },
  lessons: () => [
    {
      en: 'Replication is no backup: a slave repeats a mistake within milliseconds.',
      ru: 'Репликация — не резервное копирование: реплика повторяет ошибку за миллисекунды.',
    },
    {
      en: 'A base backup and all WAL after it hold every moment since. PostgreSQL stops before the first commit that is younger than the target.',
      ru: 'Базовая копия и весь WAL после неё содержат любой момент. PostgreSQL останавливается перед первой транзакцией новее цели.',
    },
    {
      en: 'Beside the cluster nobody loses anything. Over the primary all that was written since is lost: that is for a cluster that is wrong as a whole.',
      ru: 'Рядом с кластером никто ничего не теряет. Поверх мастера пропадает всё записанное после: это для кластера, испорченного целиком.',
    },
  ],
}

/** Titles of its steps, and names of what it measures. */
export const SAY = {
  secondBefore: (target: string): Text => ({
    en: `the second before: ${target}`,
    ru: `за секунду до этого: ${target}`,
  }),
  takeBackup: {
    en: 'Take a base backup, as the config has it',
    ru: 'Снять базовую копию, как задано в конфигурации',
  },
  /** @param full size of the full one that it is built on, where it is an incremental */
  tookBackup: (source: string, size: string, full: string | undefined): Text => ({
    en: `${full === undefined ? 'a full one' : 'an incremental'} of ${source}, ${size}${full === undefined ? '' : ` on a full one of ${full}`}`,
    ru: `${full === undefined ? 'полная' : 'инкрементальная'} с ${source}, ${size}${full === undefined ? '' : ` поверх полной, ${full}`}`,
  }),
  restoredFrom: { en: 'Base backup it came back from', ru: 'Базовая копия, из которой всё вернулось' },
  compared: (holding: Text, commits: Readonly<Record<'all' | 'older' | 'younger', number>>): Text => ({
    en: `${holding.en}; of ${commits.all} commits up to then ${commits.older}, of those after it ${commits.younger}`,
    ru: `${holding.ru}; из ${commits.all} транзакций до этого момента ${commits.older}, из более поздних ${commits.younger}`,
  }),
  restoreBeside: { en: 'Restore the second before, beside', ru: 'Восстановить секунду до этого, рядом' },
  compare: { en: 'Compare what is there', ru: 'Сравнить то, что там есть' },
  bringTableBack: { en: 'Bring the table back', ru: 'Вернуть таблицу' },
  restoreOver: (primary: string): Text => ({
    en: `Restore the second before, over ${primary}`,
    ru: `Восстановить секунду до этого поверх ${primary}`,
  }),
  letCommitsThrough: { en: 'Let commits through again', ru: 'Снова разрешить фиксацию' },
  writeTable: { en: 'Write rows to a table', ru: 'Записать строки в таблицу' },
  letSecondsPass: { en: 'Let some seconds pass', ru: 'Подождать несколько секунд' },
  dropTable: { en: 'Drop it', ru: 'Удалить её' },
  goOnWriting: { en: 'Go on writing', ru: 'Писать дальше' },
  givenUp: { en: 'Commits given up by going back', ru: 'Потеряно транзакций из-за возврата' },
}

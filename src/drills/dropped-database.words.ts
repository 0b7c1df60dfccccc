import type { Text } from '../report/drill-report.ts'
import type { DrillWords } from './drill.ts'
import { secondBeforeSql } from './rehearsal/guarded-table.ts'
import { SCHEMA } from './rehearsal/writer.ts'

/** The drill's own: nobody else has a database of this name. */
export const DATABASE = SCHEMA

export const TABLE = 'public.precious'

/** Whoever drops a database looks at the clock first. */
export const DROPPED = `${SCHEMA}.database_dropped`

export const TARGET_SQL = secondBeforeSql(DROPPED)

export const WORDS: DrillWords = {
  title: { en: 'Somebody drops a database', ru: 'Кто-то удалил базу' },
  teaches: {
    en: 'the road of the homework: DROP DATABASE, Barman, and the database is back',
    ru: 'путь домашней работы: DROP DATABASE, Barman, и база снова на месте',
  },
  intro: ({ primary }) => [
    {
      en: `A database is made on ${primary} and filled. Some seconds later it is dropped, and the slaves follow at once.`,
      ru: `На ${primary} создаётся и заполняется база. Через несколько секунд её удаляют, и реплики тут же повторяют.`,
    },
    {
      en: `The second before comes back from Barman, over ${primary}: over SSH where base backups go that way, else by way of the backup host. What anybody wrote since is given up, and the slaves are cloned again.`,
      ru: `Секунда до этого возвращается из Barman поверх ${primary}: по SSH, если так делаются базовые копии, иначе через узел резервного копирования. Всё записанное после пропадает, а реплики клонируются заново.`,
    },
    {
      en: 'The rows of the database are compared, on the primary and on every slave.',
      ru: 'Строки базы сравниваются на мастере и на каждой реплике.',
    },
  ],
  watch: () => [
    {
      en: '`npx create-pg-lab status --watch` in a second terminal: green as long as nobody restores. No monitoring sees a dropped database.',
      ru: '`npx create-pg-lab status --watch` во втором терминале: всё зелёное, пока не начато восстановление. Удалённую базу не видит никакой мониторинг.',
    },
  ],
  promise: ({ primary }) => ({
    en: `The database ${DATABASE} is gone on ${primary}, and on every slave.`,
    ru: `Базы ${DATABASE} нет ни на ${primary}, ни на репликах.`,
  }),
  hints: ({ primary }, lab) => {
    const ask = `npx create-pg-lab psql ${primary} -X -A -t -c`
    const restore = `npx create-pg-lab restore --to "$(${ask} "${TARGET_SQL}")"`
    const isDirect = lab.backup?.method === 'rsync'
    return [
      {
        en: 'Is it gone on the slaves too? Then they are no way back.',
        ru: 'На репликах её тоже нет? Значит, они не помогут.',
        type: `npx create-pg-lab psql ${lab.slaves[0]?.name ?? primary} -X -c '\\l'`,
        optional: true,
      },
      {
        en: 'When was it dropped? Whoever did it looked at the clock.',
        ru: 'Когда её удалили? Тот, кто это сделал, посмотрел на часы.',
        type: `${ask} "SELECT * FROM ${DROPPED}"`,
      },
      {
        en: 'Is there a backup from before that?',
        ru: 'Есть ли копия, сделанная раньше?',
        type: 'npx create-pg-lab backups',
        optional: true,
      },
      {
        en: 'Bring the second before back over the primary. What was written since is given up.',
        ru: 'Верните секунду до этого поверх мастера. Записанное после пропадёт.',
        type: isDirect ? `${restore} --on ${primary} --yes` : `${restore} --in-place --yes`,
      },
      {
        en: 'Is it back, with all rows?',
        ru: 'База снова на месте, со всеми строками?',
        type: `${ask} "SELECT count(*) FROM ${TABLE}" -d ${DATABASE}`,
      },
    ]
  },
  lessons: () => [
    {
      en: 'A standby is no backup: it drops a database as fast as its primary.',
      ru: 'Реплика — не резервная копия: базу она удаляет так же быстро, как мастер.',
    },
    {
      en: 'What is recovered up to a moment goes on with a timeline of its own. Standbys that are further than the moment cannot follow: they are cloned again.',
      ru: 'Восстановленное до момента живёт на новой линии времени. Реплики, ушедшие дальше этого момента, следовать не могут: они клонируются заново.',
    },
    {
      en: 'The old data was set aside until the moment was reached: where WAL is missing, nothing is lost but time.',
      ru: 'Старые данные лежали рядом, пока момент не был достигнут: если WAL не хватит, потеряно будет только время.',
    },
  ],
}

/** Titles of its steps, and names of what it measures. */
export const SAY = {
  make: { en: 'Make a database and fill it', ru: 'Создать базу и заполнить её' },
  letSecondsPass: { en: 'Let some seconds pass', ru: 'Подождать несколько секунд' },
  drop: { en: 'Drop it', ru: 'Удалить её' },
  goOnWriting: { en: 'Go on writing', ru: 'Писать дальше' },
  restore: (primary: string): Text => ({
    en: `Restore the second before, onto ${primary}`,
    ru: `Восстановить секунду до этого на ${primary}`,
  }),
  compare: { en: 'Compare what is there, on every server', ru: 'Сравнить, что есть на каждом сервере' },
  remove: { en: 'Remove the database of the drill', ru: 'Удалить базу учения' },
  letCommitsThrough: { en: 'Let commits through again', ru: 'Снова разрешить фиксацию' },
  rows: (rows: number, servers: number): Text => ({
    en: `${rows} rows, on ${servers} servers`,
    ru: `строк: ${rows}, серверов: ${servers}`,
  }),
  givenUp: { en: 'Commits given up by going back', ru: 'Потеряно транзакций из-за возврата' },
}

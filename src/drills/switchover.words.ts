import type { DrillWords } from './drill.ts'

export const WORDS: DrillWords = {
  title: { en: 'The master and a slave change places', ru: 'Мастер и реплика меняются местами' },
  teaches: {
    en: 'how a master is taken out of service without losing one commit',
    ru: 'как вывести мастер из работы, не потеряв ни одной транзакции',
  },
  intro: ({ primary }) => [
    {
      en: `${primary} is stopped in an orderly way. A slave replays the last of its WAL and is promoted.`,
      ru: `${primary} останавливается штатно. Реплика применяет остаток его WAL и становится мастером.`,
    },
    {
      en: `${primary} comes back as a standby, and Barman follows. Then they change places again.`,
      ru: `${primary} возвращается репликой, Barman переходит к новому мастеру. Затем всё меняется обратно.`,
    },
  ],
  watch: () => [
    {
      en: '`npx create-pg-lab status --watch` in a second terminal: the roles change, and TL grows by one.',
      ru: '`npx create-pg-lab status --watch` во втором терминале: роли меняются, а TL растёт на единицу.',
    },
  ],
  promise: ({ primary }) => ({
    en: `A slave is the primary, and ${primary} a standby. All is well, but not as the config was designed.`,
    ru: `Мастером стала реплика, а ${primary} — репликой. Всё исправно, но не так, как задумано в конфигурации.`,
  }),
  hints: ({ primary }) => [
    { en: 'Who is the primary?', ru: 'Кто мастер?', type: 'npx create-pg-lab status' },
    {
      en: 'Change places again.',
      ru: 'Поменяйте местами снова.',
      type: `npx create-pg-lab switchover ${primary}`,
      isDone: (seen) => seen.primary === primary,
    },
  ],
  lessons: () => [
    {
      en: 'A server that ends in an orderly way first sends all its WAL. Whoever has replayed its last record has lost nothing, and the old master can follow without a rewind.',
      ru: 'Сервер, который завершается штатно, сначала отдаёт весь WAL. Кто применил его последнюю запись, не потерял ничего, и старый мастер следует за новым без pg_rewind.',
    },
  ],
}

/** Titles of its steps, and names of what it measures. */
export const SAY = {
  switchOver: { en: 'Switch over to a slave', ru: 'Передать роль мастера реплике' },
  letOthersFollow: { en: 'Let the others follow', ru: 'Перевести остальных на новый мастер' },
  letCommitsThrough: { en: 'Let commits through again', ru: 'Снова разрешить фиксацию' },
  switchBack: { en: 'Switch back', ru: 'Вернуть роли' },
}

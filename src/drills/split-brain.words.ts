import type { Text } from '../report/drill-report.ts'
import type { DrillWords } from './drill.ts'
import { isWell } from './rehearsal/next-hint.ts'
import { SCHEMA } from './rehearsal/writer.ts'

/** What somebody writes to the wrong master, believing it to be safe. */
export const ORPHANS = `${SCHEMA}.orphans`

export const WORDS: DrillWords = {
  title: { en: 'There are two masters', ru: 'Мастеров стало двое' },
  teaches: {
    en: 'how two masters come about, how they are noticed, and what it costs to have one again',
    ru: 'откуда берутся два мастера, как это заметить и чего стоит снова остаться с одним',
  },
  intro: ({ primary, victim }) => [
    {
      en: `Somebody promotes ${victim} by hand, though ${primary} is well. Both take writes now.`,
      ru: `Кто-то вручную делает ${victim} мастером, хотя ${primary} исправен. Теперь запись принимают оба.`,
    },
    {
      en: `Most clients stay with ${primary}; some write to ${victim}, and it acknowledges.`,
      ru: `Большинство клиентов остаётся с ${primary}; кто-то пишет в ${victim}, и тот подтверждает.`,
    },
    {
      en: `${victim} is fenced and becomes a standby again. What only it has is lost: nobody can merge two histories.`,
      ru: `${victim} изолируется (fencing) и снова становится репликой. То, что есть только на нём, теряется: две истории не слить.`,
    },
  ],
  watch: () => [
    {
      en: '`npx create-pg-lab status --watch` in a second terminal: two servers are primary, on different TL.',
      ru: '`npx create-pg-lab status --watch` во втором терминале: два сервера — primary, на разных TL.',
    },
  ],
  promise: ({ primary, victim }) => ({
    en: `${primary} and ${victim} both take writes, and neither knows of the other.`,
    ru: `И ${primary}, и ${victim} принимают запись и ничего не знают друг о друге.`,
  }),
  hints: ({ primary, victim }) => [
    { en: 'Who is the primary?', ru: 'Кто мастер?', type: 'npx create-pg-lab status' },
    {
      en: 'How does one notice? Two servers out of recovery are an alarm of their own.',
      ru: 'Как это заметить? Два сервера не в режиме восстановления — отдельный повод для тревоги.',
      type: 'npx create-pg-lab verify --only primary',
    },
    {
      en: `Decide. What did clients write to ${victim} alone? It is lost if ${primary} stays.`,
      ru: `Решайте. Что клиенты записали только в ${victim}? Это пропадёт, если останется ${primary}.`,
      type: `npx create-pg-lab psql ${victim} -c 'SELECT count(*) FROM ${ORPHANS}'`,
    },
    {
      en: `${primary} has the clients, so it stays: make a fresh standby of ${victim}.`,
      ru: `Клиенты у ${primary}, значит, остаётся он: сделайте ${victim} новой репликой.`,
      type: `npx create-pg-lab reinit ${victim} --yes`,
      isDone: (seen) => seen.primary === primary && isWell(victim)(seen),
    },
  ],
  lessons: () => [
    {
      en: 'pg_promote() asks nobody. Whether the old master is really gone has to be known before: that is what fencing is for.',
      ru: 'pg_promote() никого не спрашивает. Что старого мастера действительно нет, надо знать заранее: для этого и нужна изоляция (fencing).',
    },
    {
      en: 'Neither server complains: each is well by itself. Only somebody who asks both of them sees it.',
      ru: 'Ни один сервер не жалуется: каждый сам по себе исправен. Это видит только тот, кто спросит обоих.',
    },
    {
      en: 'Two histories cannot be merged. Before one is given up, look what only it has, and take that out by hand.',
      ru: 'Две истории не слить. Прежде чем отказаться от одной, посмотрите, что есть только в ней, и заберите это вручную.',
    },
  ],
}

/** Titles of its steps, and names of what it measures. */
export const SAY = {
  rowsAlone: (count: number, victim: string): Text => ({
    en: `${count} rows on ${victim} alone`,
    ru: `${count} строк только на ${victim}`,
  }),
  rows: (count: number): Text => ({ en: `${count} rows`, ru: `${count} строк` }),
  promoteByHand: (victim: string): Text => ({
    en: `Promote ${victim} by hand`,
    ru: `Сделать ${victim} мастером вручную`,
  }),
  writeToBoth: { en: 'Write to both', ru: 'Писать в оба' },
  verifyNotices: { en: 'Does verify notice?', ru: 'Замечает ли это verify?' },
  fence: (victim: string): Text => ({ en: `Fence ${victim}`, ru: `Изолировать ${victim} (fencing)` }),
  rejoin: (victim: string): Text => ({
    en: `Make a standby of ${victim} again`,
    ru: `Снова сделать ${victim} репликой`,
  }),
  orphans: { en: 'Written to the wrong master, and lost', ru: 'Записано не в тот мастер и потеряно' },
  mostKept: {
    en: 'Most WAL kept by the slot of the slave that left',
    ru: 'Слот ушедшей реплики хранил максимум',
  },
}

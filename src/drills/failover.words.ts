import { postgresNodes } from '../lab.ts'
import { outageFor } from '../operations/outage/index.ts'
import type { Text } from '../report/drill-report.ts'
import type { DrillWords } from './drill.ts'
import { isThere, isWell } from './rehearsal/next-hint.ts'

/** Nobody is promoted: the master comes back out of Barman's archive. */
export const RESTORE = 'restore'

const INTRO: Readonly<
  Record<string, { readonly en: (p: string) => string; readonly ru: (p: string) => string }>
> = {
  process: {
    en: (p) => `PostgreSQL on ${p} is killed.`,
    ru: (p) => `PostgreSQL на ${p} завершается принудительно.`,
  },
  [RESTORE]: {
    en: (p) => `PostgreSQL on ${p} is killed, and its data counts as gone.`,
    ru: (p) => `PostgreSQL на ${p} завершается принудительно, и его данные считаются потерянными.`,
  },
  machine: { en: (p) => `The machine ${p} loses its power.`, ru: (p) => `Машина ${p} обесточивается.` },
  network: {
    en: (p) => `${p} is cut off from the network of the lab: it goes on, but nobody reaches it.`,
    ru: (p) => `${p} отрезан от сети стенда: он продолжает работать, но до него никому не достучаться.`,
  },
}

export const WORDS: DrillWords = {
  title: { en: 'The master is lost', ru: 'Мастер потерян' },
  teaches: {
    en: 'what is lost with a master, how long writes are refused, and how the old one comes back',
    ru: 'что теряется вместе с мастером, сколько времени запись недоступна и как вернуть старый мастер',
  },
  intro: ({ primary, how }) => [
    {
      en: `${INTRO[how ?? 'process']?.en(primary)} Nobody is warned.`,
      ru: `${INTRO[how ?? 'process']?.ru(primary)} Без предупреждения.`,
    },
    ...(how === RESTORE
      ? [
          {
            en: `Nobody is promoted: what Barman has received comes back over ${primary}, up to the last byte, and slaves are cloned again.`,
            ru: `Реплику мастером не делают: всё, что принял Barman, до последнего байта возвращается поверх ${primary}, а реплики клонируются заново.`,
          },
        ]
      : [
          {
            en: 'The most advanced slave is promoted; the other slaves and Barman follow it.',
            ru: 'Самая свежая реплика становится мастером; остальные реплики и Barman переходят к ней.',
          },
          {
            en: `${primary} rejoins by pg_rewind, and at the end the roles are as before.`,
            ru: `${primary} возвращается через pg_rewind, и в конце роли те же, что и были.`,
          },
        ]),
  ],
  watch: ({ how }) => [
    how === RESTORE
      ? {
          en: '`npx create-pg-lab status --watch` in a second terminal: there is no primary, then the same one again, on a new TL.',
          ru: '`npx create-pg-lab status --watch` во втором терминале: мастера нет, затем снова тот же, на новом TL.',
        }
      : {
          en: '`npx create-pg-lab status --watch` in a second terminal: there is no primary, then another one on a new TL.',
          ru: '`npx create-pg-lab status --watch` во втором терминале: мастера нет, затем появляется другой, на новом TL.',
        },
  ],
  promise: ({ primary }) => ({
    en: `${primary} is lost, and nobody takes writes.`,
    ru: `${primary} потерян, и запись никто не принимает.`,
  }),
  hints: ({ primary, how }, lab) => {
    if (how === RESTORE) {
      return [
        { en: 'Who is there?', ru: 'Кто остался?', type: 'npx create-pg-lab status' },
        {
          en: 'Bring back all that Barman has received, over the lost master.',
          ru: 'Верните всё, что принял Barman, поверх потерянного мастера.',
          type: `npx create-pg-lab restore --to latest --in-place --over ${primary} --yes`,
          isDone: (seen) => seen.primary !== undefined,
        },
      ]
    }
    const node = postgresNodes(lab).find(({ name }) => name === primary)
    return [
      { en: 'Who is there?', ru: 'Кто остался?', type: 'npx create-pg-lab status' },
      {
        en: 'Make the most advanced slave the primary; the old one is fenced first.',
        ru: 'Сделайте мастером самую свежую реплику; старый мастер сначала изолируется (fencing).',
        type: 'npx create-pg-lab promote',
        isDone: (seen) => seen.primary !== undefined,
      },
      ...(how === 'network' && node
        ? [
            {
              en: 'Repair the network.',
              ru: 'Почините сеть.',
              type: outageFor(lab).mendCommand(lab, node),
              isDone: isThere(primary),
            },
          ]
        : []),
      {
        en: 'Make a standby of the old one. What only it has is given up; without --yes it is said first.',
        ru: 'Сделайте старый мастер репликой. То, что есть только на нём, пропадёт; без --yes об этом сначала спросят.',
        type: `npx create-pg-lab rejoin ${primary} --yes`,
        isDone: isWell(primary),
      },
      {
        en: 'If you like, change places again.',
        ru: 'Если хотите, верните роли.',
        type: `npx create-pg-lab switchover ${primary}`,
        optional: true,
      },
    ]
  },
  lessons: ({ lab, loss }, { how }) => {
    if (how === RESTORE) return [barmanLesson(lab.backup?.synchronous === true, loss.lost.length)]
    return [
      lab.replication.synchronousCount > 0
        ? synchronousLesson(loss.lost.length)
        : {
            en: `Without synchronous commits the last ones may exist on the lost master alone: ${loss.lost.length} this time.`,
            ru: `Без синхронной фиксации последние транзакции могут быть только на потерянном мастере: в этот раз ${loss.lost.length}.`,
          },
      {
        en: 'The old master may have diverged. It may come back only as a standby: it is fenced, and its guard asks the others before it starts.',
        ru: 'История старого мастера могла разойтись с новой. Вернуться он может только репликой: он изолирован (fencing), а перед стартом спрашивает остальных.',
      },
    ]
  },
}

/** Titles of its steps, and names of what it measures. */
export const SAY = {
  promoted: (name: string, why: string): Text => ({ en: `${name}: ${why}`, ru: `новый мастер — ${name}` }),
  lose: (victim: string): Text => ({ en: `Lose ${victim}`, ru: `Потерять ${victim}` }),
  promote: { en: 'Promote the most advanced slave', ru: 'Сделать мастером самую свежую реплику' },
  letOthersFollow: { en: 'Let the others follow', ru: 'Перевести остальных на новый мастер' },
  letCommitsThrough: { en: 'Let commits through again', ru: 'Снова разрешить фиксацию' },
  bringBack: (victim: string): Text => ({
    en: `Bring ${victim} back as a standby`,
    ru: `Вернуть ${victim} репликой`,
  }),
  restoreOver: (victim: string): Text => ({
    en: `Restore all that Barman has, over ${victim}`,
    ru: `Восстановить всё, что есть у Barman, поверх ${victim}`,
  }),
  switchBack: { en: 'Switch back', ru: 'Вернуть роли' },
}

/** What was counted decides what is to be learned. */
function synchronousLesson(lost: number): Text {
  return lost === 0
    ? {
        en: 'A commit was acknowledged only when a slave had it, and none was lost.',
        ru: 'Транзакция подтверждалась, только когда её получила реплика, и не потеряна ни одна.',
      }
    : {
        en: `A commit should be acknowledged only when a slave has it, and yet ${lost} were lost: were the synchronous standbys taken off the list, or was another one promoted?`,
        ru: `Транзакция должна подтверждаться, только когда её получила реплика, но потеряно ${lost}: не убрали ли синхронные реплики из списка, не сделали ли мастером другую?`,
      }
}

function barmanLesson(isWaitedFor: boolean, lost: number): Text {
  if (!isWaitedFor) {
    return {
      en: `Barman receives the WAL as it is written, and no commit waits for it: ${lost} acknowledged ones were on the lost master alone this time.`,
      ru: `Barman принимает WAL по мере записи, но фиксация его не ждёт: в этот раз только на потерянном мастере были подтверждённые транзакции, числом ${lost}.`,
    }
  }
  return lost === 0
    ? {
        en: 'A commit was acknowledged only when Barman had it, and none was lost: RPO 0 without a slave.',
        ru: 'Транзакция подтверждалась, только когда её принял Barman, и не потеряна ни одна: RPO 0 без реплики.',
      }
    : {
        en: `A commit should be acknowledged only when Barman has it, and yet ${lost} were lost: was it taken off the list of synchronous standbys?`,
        ru: `Транзакция должна подтверждаться, только когда её принял Barman, но потеряно ${lost}: не убрали ли его из списка синхронных?`,
      }
}

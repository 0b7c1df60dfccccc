import { programFailed } from '../errors.ts'
import { postgresNodes } from '../lab.ts'
import { followPrimary } from '../operations/follow.ts'
import { cutCable, mendCable, mendCommand } from '../operations/network-cut.ts'
import { cutPower } from '../operations/power-cut.ts'
import { startMachines } from '../operations/start-machines.ts'
import type { Text } from '../report/drill-report.ts'
import type { Drill, LiveStage, Stage } from './drill.ts'
import { thePrimary } from './rehearsal/cast.ts'
import { leadBack, promoteOne, rejoinVictim, switchBack } from './rehearsal/lead-back.ts'
import { needsOutage, needsSuccessor } from './rehearsal/unplayable.ts'
import { letCommitsPass } from './rehearsal/wait.ts'

const COMMITS_MEANWHILE = 200

/** The others are told nothing. */
const KILL_SERVER = ['systemctl', 'kill', '--signal=KILL', 'postgresql@*', 'postgresql-[0-9]*']

export const failover: Drill = {
  id: 'failover',
  title: { en: 'The master is lost', ru: 'Мастер потерян' },
  teaches: {
    en: 'what is lost with a master, how long writes are refused, and how the old one comes back',
    ru: 'что теряется вместе с мастером, сколько времени запись недоступна и как вернуть старый мастер',
  },
  hows: ['process', 'machine', 'network'],
  refusal: (lab, how) => (how === 'process' ? undefined : needsOutage(lab)) ?? needsSuccessor(lab),
  victim: thePrimary,
  intro: ({ primary, how }) => [
    {
      en: `${INTRO[how ?? 'process']?.en(primary)} Nobody is warned.`,
      ru: `${INTRO[how ?? 'process']?.ru(primary)} Без предупреждения.`,
    },
    {
      en: 'The most advanced slave is promoted; the other slaves and Barman follow it.',
      ru: 'Самая свежая реплика становится мастером; остальные реплики и Barman переходят к ней.',
    },
    {
      en: `${primary} rejoins by pg_rewind, and at the end the roles are as before.`,
      ru: `${primary} возвращается через pg_rewind, и в конце роли те же, что и были.`,
    },
  ],
  watch: () => [
    {
      en: '`npx create-pg-lab status --watch` in a second terminal: there is no primary, then another one on a new TL.',
      ru: '`npx create-pg-lab status --watch` во втором терминале: мастера нет, затем появляется другой, на новом TL.',
    },
  ],
  promise: ({ primary }) => ({
    en: `${primary} is lost, and nobody takes writes.`,
    ru: `${primary} потерян, и запись никто не принимает.`,
  }),
  hints: ({ primary, how }, lab) => {
    const node = postgresNodes(lab).find(({ name }) => name === primary)
    return [
      { en: 'Who is there?', ru: 'Кто остался?', type: 'npx create-pg-lab status' },
      {
        en: 'Make the most advanced slave the primary; the old one is fenced first.',
        ru: 'Сделайте мастером самую свежую реплику; старый мастер сначала изолируется (fencing).',
        type: 'npx create-pg-lab promote',
      },
      ...(how === 'network' && node
        ? [{ en: 'Repair the network.', ru: 'Почините сеть.', type: mendCommand(lab, node) }]
        : []),
      {
        en: 'Make a standby of the old one.',
        ru: 'Сделайте старый мастер репликой.',
        type: `npx create-pg-lab rejoin ${primary}`,
      },
      {
        en: 'If you like, change places again.',
        ru: 'Если хотите, верните роли.',
        type: `npx create-pg-lab switchover ${primary}`,
      },
    ]
  },
  disaster: (stage) => [
    {
      title: { en: `Lose ${stage.victim.name}`, ru: `Потерять ${stage.victim.name}` },
      run: () => lose(stage),
    },
  ],
  repair: (stage) => [
    {
      title: { en: 'Promote the most advanced slave', ru: 'Сделать мастером самую свежую реплику' },
      run: (note) => promoteSuccessor(stage, note),
    },
    {
      title: { en: 'Let the others follow', ru: 'Перевести остальных на новый мастер' },
      run: async (note) => void (await followPrimary(stage, note)),
    },
    {
      title: { en: 'Let commits through again', ru: 'Снова разрешить фиксацию' },
      run: (note) => letCommitsPass(stage.recorder, COMMITS_MEANWHILE, note),
    },
    {
      title: {
        en: `Bring ${stage.victim.name} back as a standby`,
        ru: `Вернуть ${stage.victim.name} репликой`,
      },
      run: (note) => comeBack(stage, note),
    },
    {
      title: { en: 'Switch back', ru: 'Вернуть роли' },
      run: (note) => switchBack(stage, note),
    },
  ],
  tidy: (stage) => mend(stage),
  undo: leadBack,
  figures: () => [],
  lessons: ({ lab, loss }) => [
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
  ],
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

const INTRO: Readonly<
  Record<string, { readonly en: (p: string) => string; readonly ru: (p: string) => string }>
> = {
  process: {
    en: (p) => `PostgreSQL on ${p} is killed.`,
    ru: (p) => `PostgreSQL на ${p} завершается принудительно.`,
  },
  machine: { en: (p) => `The machine ${p} loses its power.`, ru: (p) => `Машина ${p} обесточивается.` },
  network: {
    en: (p) => `${p} is cut off from the network of the lab: it goes on, but nobody reaches it.`,
    ru: (p) => `${p} отрезан от сети стенда: он продолжает работать, но до него никому не достучаться.`,
  },
}

async function lose(stage: LiveStage): Promise<void> {
  const { guest, victim, cast } = stage
  if (cast.how === 'network') return cutCable(stage, victim)
  if (cast.how === 'machine') return cutPower(stage, victim)
  const output = await guest.shell(victim, KILL_SERVER, { as: 'root', timeoutMs: 20_000 })
  if (output.exitCode === 0) return
  throw programFailed(`PostgreSQL on ${victim.name} cannot be killed`, KILL_SERVER.join(' '), output)
}

/** A disaster that did not happen must not be measured. */
async function promoteSuccessor(stage: LiveStage, note: (text: string) => void): Promise<string> {
  const { target, why } = await promoteOne(stage, note)
  if (target.name === stage.victim.name)
    throw new Error(`${target.name} was not lost: it is the primary still`)
  return `${target.name}: ${why}`
}

async function mend(stage: Stage): Promise<void> {
  if (stage.cast.how === 'network') await mendCable(stage, stage.victim)
}

async function comeBack(stage: LiveStage, note: (text: string) => void): Promise<string | undefined> {
  await mend(stage)
  await startMachines(stage, note)
  return rejoinVictim(stage, note)
}

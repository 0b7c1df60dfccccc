import { primary as primaryCheck } from '../checks/primary.ts'
import { CommandError } from '../errors.ts'
import { fence } from '../operations/fence.ts'
import { followPrimary } from '../operations/follow.ts'
import { size } from '../units.ts'
import type { Drill, LiveStage } from './drill.ts'
import { leafStandby, serverOf, slotOf } from './rehearsal/cast.ts'
import { rejoinVictim } from './rehearsal/lead-back.ts'
import { mostKept } from './rehearsal/samples.ts'
import { needsSlave } from './rehearsal/unplayable.ts'
import { letCommitsPass, untilStreaming } from './rehearsal/wait.ts'
import { SCHEMA } from './rehearsal/writer.ts'

const COMMITS_MEANWHILE = 200

/** What somebody writes to the wrong master, believing it to be safe. */
const ORPHANS = `${SCHEMA}.orphans`
const ORPHAN_ROWS = 100

const FENCE_SECONDS = 10

export const splitBrain: Drill = {
  id: 'split-brain',
  title: { en: 'There are two masters', ru: 'Мастеров стало двое' },
  teaches: {
    en: 'how two masters come about, how they are noticed, and what it costs to have one again',
    ru: 'откуда берутся два мастера, как это заметить и чего стоит снова остаться с одним',
  },
  hows: [],
  refusal: needsSlave,
  victim: leafStandby,
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
    },
  ],
  disaster: (stage) => [
    {
      title: {
        en: `Promote ${stage.victim.name} by hand`,
        ru: `Сделать ${stage.victim.name} мастером вручную`,
      },
      run: () => stage.guest.execute(serverOf(stage), 'SELECT pg_promote()'),
    },
    {
      title: { en: 'Write to both', ru: 'Писать в оба' },
      run: async (note) => {
        await writeOrphans(stage)
        await letCommitsPass(stage.recorder, COMMITS_MEANWHILE, note)
        return `${ORPHAN_ROWS} rows on ${stage.victim.name} alone`
      },
    },
    {
      title: { en: 'Does verify notice?', ru: 'Замечает ли это verify?' },
      run: () => noticed(stage),
    },
  ],
  repair: (stage) => [
    {
      title: { en: `Fence ${stage.victim.name}`, ru: `Изолировать ${stage.victim.name} (fencing)` },
      run: () => fenceVictim(stage),
    },
    {
      title: {
        en: `Make a standby of ${stage.victim.name} again`,
        ru: `Снова сделать ${stage.victim.name} репликой`,
      },
      run: (note) => rejoinVictim(stage, note),
    },
    {
      title: { en: 'Wait until it has caught up', ru: 'Дождаться, пока она догонит мастер' },
      run: (note) => untilStreaming(stage, serverOf(stage), note),
    },
  ],
  yields: ({ victim }) => victim,
  undo: async (stage, note) => void (await followPrimary(stage, note)),
  figures: ({ lab, samples }, cast) => [
    {
      name: { en: 'Written to the wrong master, and lost', ru: 'Записано не в тот мастер и потеряно' },
      value: { en: `${ORPHAN_ROWS} rows`, ru: `${ORPHAN_ROWS} строк` },
    },
    {
      name: {
        en: 'Most WAL kept by the slot of the slave that left',
        ru: 'Слот ушедшей реплики хранил максимум',
      },
      value: size(mostKept(samples, slotOf(lab, cast))),
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

async function writeOrphans({ guest, lab, victim }: LiveStage): Promise<void> {
  const sql = `CREATE TABLE ${ORPHANS} AS SELECT generate_series(1, ${ORPHAN_ROWS}) AS n;`
  await guest.execute(victim, sql, lab.database)
}

/** A split nobody notices would be the real disaster. */
async function noticed({ lab, guest, primary, victim }: LiveStage): Promise<string> {
  const [finding] = (await primaryCheck.run(lab, guest)).filter(({ ok }) => !ok)
  if (finding?.observed.includes(primary.name) && finding.observed.includes(victim.name)) {
    return `${finding.what}: ${finding.observed}`
  }
  throw new CommandError('verify does not see the two primaries', {
    command: 'npx create-pg-lab verify --only primary',
  })
}

/** pg_rewind takes it back to where they diverged, once it is stopped: it would not follow an older timeline by itself. */
async function fenceVictim(stage: LiveStage): Promise<string> {
  const { ok, state } = await fence(stage, stage.victim, FENCE_SECONDS)
  if (ok) return state
  throw new CommandError(`${stage.victim.name} cannot be stopped`, { command: 'pg-lab-guard fence' })
}

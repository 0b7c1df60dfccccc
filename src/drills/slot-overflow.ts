import { CommandError } from '../errors.ts'
import { type PostgresNode, postgresNodes } from '../lab.ts'
import { startServer, stopServer } from '../operations/postgres-service.ts'
import { planReinit, reinit } from '../operations/reinit.ts'
import { literal } from '../postgres/sql.ts'
import type { Progress } from '../tasks/index.ts'
import type { Guest } from '../tools/ssh/guest-contract.ts'
import { size, span } from '../units.ts'
import type { Drill, LiveStage, Stage } from './drill.ts'
import { leafStandby, serverOf, slotOf } from './rehearsal/cast.ts'
import { mostKept, unprotectedSpan } from './rehearsal/samples.ts'
import { needsSlave } from './rehearsal/unplayable.ts'
import { until, untilStreaming } from './rehearsal/wait.ts'
import { barmanCron, switchWal } from './rehearsal/wal-steps.ts'

/** Four WAL files: so little that a laptop need not write gigabytes to see it. */
const LIMIT = '64MB'

/** The first server that knows max_slot_wal_keep_size. */
const FIRST_WITH_LIMIT = 13

/** What is kept for pg_rewind would be kept for slots too. */
const LOWER = `ALTER SYSTEM SET max_slot_wal_keep_size = '${LIMIT}'; ALTER SYSTEM SET wal_keep_size = 0; SELECT pg_reload_conf();`

const RESET = `ALTER SYSTEM RESET max_slot_wal_keep_size; ALTER SYSTEM RESET wal_keep_size; SELECT pg_reload_conf();`

export const slotOverflow: Drill = {
  id: 'slot-overflow',
  title: { en: 'A slave stays away too long', ru: 'Реплика отсутствовала слишком долго' },
  teaches: {
    en: 'what max_slot_wal_keep_size is for: a slot that is lost, and the clone that follows',
    ru: 'зачем нужен max_slot_wal_keep_size: слот потерян, и реплику приходится клонировать',
  },
  hows: [],
  refusal: (lab) => {
    const { postgres } = lab
    if (postgres.version >= FIRST_WITH_LIMIT) return needsSlave(lab)
    return {
      en: `PostgreSQL ${postgres.version} has no max_slot_wal_keep_size`,
      ru: `в PostgreSQL ${postgres.version} нет max_slot_wal_keep_size`,
    }
  },
  victim: leafStandby,
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
    },
  ],
  disaster: (stage) => [
    {
      title: { en: `Let slots keep ${LIMIT} at most`, ru: `Разрешить слотам хранить не больше ${LIMIT}` },
      run: () => stage.guest.execute(stage.primary, LOWER),
    },
    {
      title: {
        en: `Stop PostgreSQL on ${stage.victim.name}`,
        ru: `Остановить PostgreSQL на ${stage.victim.name}`,
      },
      run: () => stopServer(serverOf(stage), stage.guest),
    },
    {
      title: { en: 'Write WAL until the slot is lost', ru: 'Писать WAL, пока слот не будет потерян' },
      run: (note) => untilLost(stage, note),
    },
  ],
  repair: (stage) => [
    {
      title: { en: 'Take the limit back', ru: 'Вернуть прежний предел' },
      run: () => stage.guest.execute(stage.primary, RESET),
    },
    {
      title: { en: `Clone ${stage.victim.name} again`, ru: `Клонировать ${stage.victim.name} заново` },
      run: async (note) => {
        await startServer(serverOf(stage), stage.guest)
        await reinit(stage, await planReinit(stage, stage.victim.name), note)
      },
    },
    {
      title: { en: 'Wait until it has caught up', ru: 'Дождаться, пока она догонит мастер' },
      run: (note) => untilStreaming(stage, serverOf(stage), note),
    },
  ],
  tidy: resetAll, // before anybody is cloned: a clone takes the limit along
  undo: resetAll,
  figures: ({ lab, samples, disasterMs }, cast) => {
    const away = unprotectedSpan(lab, samples, disasterMs)
    return [
      {
        name: {
          en: 'Most WAL the slot kept before it was invalidated',
          ru: 'Слот хранил максимум, пока не стал недействительным',
        },
        value: size(mostKept(samples, slotOf(lab, cast))),
      },
      ...(away
        ? [
            {
              name: { en: 'Without this standby', ru: 'Без этой реплики' },
              value: span((away.toMs - away.fromMs) / 1000),
            },
          ]
        : []),
    ]
  },
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

interface KeptWalRow {
  readonly wal_status: string | null
  readonly kept: number | null
}

function slotsOf(guest: Guest, node: PostgresNode, slot: string): Promise<readonly KeptWalRow[]> {
  return guest.rows<KeptWalRow>(
    node,
    `SELECT wal_status, pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn)::float8 AS kept
      FROM pg_replication_slots WHERE slot_name = ${literal(slot)}`,
  )
}

/** A checkpoint removes what no slot may keep. Barman is given time: its own slot must not be lost as well. */
async function untilLost(stage: LiveStage, note: Progress['note']): Promise<string> {
  const { guest, lab, primary } = stage
  const { slot } = serverOf(stage)
  await until('the slot is lost', async () => {
    await switchWal(primary, guest)
    if (lab.backup) await untilReceived(stage, lab.backup.slot)
    await guest.execute(primary, 'CHECKPOINT')
    const [row] = await slotsOf(guest, primary, slot)
    note(`${row?.wal_status}, ${size(row?.kept ?? 0)}`)
    return row?.wal_status === 'lost'
  })
  return 'lost'
}

/** Half of what a slot may keep at most waits for Barman. */
async function untilReceived({ guest, primary, lab }: LiveStage, slot: string): Promise<void> {
  await until('Barman keeps up', async () => {
    const [row] = await slotsOf(guest, primary, slot)
    if ((row?.kept ?? 0) < 32 * 1024 * 1024) return true
    if (lab.backup) await barmanCron(lab.backup, guest)
    return false
  })
}

/** Takes the limit back on every server that answers. */
async function resetAll({ lab, guest }: Stage): Promise<void> {
  await Promise.all(postgresNodes(lab).map((node) => ifItCan(() => guest.execute(node, RESET))))
}

/** What does not answer now is repaired, or reported, by the playbook. */
async function ifItCan(work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    if (!(error instanceof CommandError)) throw error
  }
}

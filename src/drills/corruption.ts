import { CommandError, programFailed } from '../errors.ts'
import { startServer, stopServer } from '../operations/postgres-service.ts'
import { planReinit, reinit } from '../operations/reinit.ts'
import { planRestore, removeRestored, restoreBeside } from '../operations/restore.ts'
import { literal } from '../postgres/sql.ts'
import type { Progress } from '../tasks/index.ts'
import type { Drill, DrillStep, LiveStage } from './drill.ts'
import { backupOf, leafStandby, serverOf, thePrimary } from './rehearsal/cast.ts'
import {
  bringBackCommand,
  bringBackGuardedTable,
  describeHolding,
  GUARDED_TABLE,
  holdingOf,
  judgeGuardedTable,
  makeGuardedTable,
  REMOVE_RESTORED_HINT,
  removeRestoredStep,
  restoredHolding,
  verifyWhole,
} from './rehearsal/guarded-table.ts'
import { needsBackup, needsSlave } from './rehearsal/unplayable.ts'
import { until, untilStreaming } from './rehearsal/wait.ts'
import { barmanCron, untilReceiving } from './rehearsal/wal-steps.ts'

const ON_STANDBY = 'standby'

/** In the middle of a page that is neither the first nor the last. $1 is the table's file. */
const DAMAGE = `printf 'DAMAGED!' | dd of="$1" bs=1 seek=$((3 * 8192 + 4000)) conv=notrunc status=none`

const READ = `SELECT count(v) FROM ${GUARDED_TABLE}`

export const corruption: Drill = {
  id: 'corruption',
  title: { en: 'A page on the disk is damaged', ru: 'Повреждена страница на диске' },
  teaches: {
    en: 'how checksums find a damaged page, and how it is brought back whole',
    ru: 'как контрольные суммы находят повреждённую страницу и как вернуть её целой',
  },
  hows: ['master', ON_STANDBY],
  refusal: (lab, how) => {
    if (!lab.postgres.checksums) return { en: 'it has no checksums', ru: 'в нём нет контрольных сумм' }
    return how === ON_STANDBY ? needsSlave(lab) : needsBackup(lab)
  },
  restoresBeside: (how) => how !== ON_STANDBY,
  victim: (lab, primary, how) => (how === ON_STANDBY ? leafStandby : thePrimary)(lab, primary),
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
  disaster: (stage) => [
    {
      title: { en: 'Write rows to a table', ru: 'Записать строки в таблицу' },
      run: async () => {
        const holding = await makeGuardedTable(stage, stage.primary)
        await flush(stage)
        return describeHolding(holding)
      },
    },
    {
      title: {
        en: `Damage a page of it on ${stage.victim.name}`,
        ru: `Повредить её страницу на ${stage.victim.name}`,
      },
      run: (note) => damage(stage, note),
    },
    { title: { en: 'Read the table', ru: 'Прочитать таблицу' }, run: () => readDamaged(stage) },
  ],
  repair: (stage) => (stage.cast.how === ON_STANDBY ? cloneVictim(stage) : bringBack(stage)),
  remains: (stage) => judgeGuardedTable(stage, stage.victim),
  tidy: async (stage) => {
    // Of a standby nothing was restored: a server that is there is somebody's own.
    if (stage.cast.how !== ON_STANDBY) await removeRestored({ ...stage, backup: backupOf(stage) }, () => {})
  },
  figures: () => [],
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

/** To the disk with it: what is still in memory only, recovery would write again. */
async function flush({ guest, primary, victim }: LiveStage): Promise<void> {
  await guest.execute(primary, 'CHECKPOINT')
  if (victim.name === primary.name) return
  const [end] = await guest.rows<{ lsn: string }>(primary, 'SELECT pg_current_wal_lsn()::text AS lsn')
  const sql = `SELECT pg_last_wal_replay_lsn() >= ${literal(end?.lsn ?? '')}::pg_lsn AS has_all`
  await until(`${victim.name} has replayed the table`, async () => {
    const [row] = await guest.rows<{ has_all: boolean }>(victim, sql)
    return row?.has_all ?? false
  })
  await guest.execute(victim, 'CHECKPOINT')
}

/** While it runs it would keep the whole page in memory. */
async function damage(stage: LiveStage, note: Progress['note']): Promise<string> {
  const { guest, victim, lab } = stage
  const node = serverOf(stage)
  const [row] = await guest.rows<{ file: string }>(
    victim,
    `SELECT format('%s/%s', current_setting('data_directory'), pg_relation_filepath(${literal(GUARDED_TABLE)})) AS file`,
    lab.database.name,
  )
  const file = row?.file ?? ''
  note(`stopping PostgreSQL on ${victim.name}`)
  await stopServer(node, guest)
  const output = await guest.shell(victim, ['sh', '-c', DAMAGE, 'sh', file], { as: 'postgres' })
  await startServer(node, guest)
  await receiveAgain(stage, note)
  if (output.exitCode === 0) return file
  throw programFailed(`${file} cannot be damaged`, 'dd', output)
}

/** A primary that stops ends receive-wal; Barman's cron job would start it within a minute. */
async function receiveAgain(stage: LiveStage, note: Progress['note']): Promise<void> {
  const { lab, guest, victim, primary } = stage
  if (!lab.backup || victim.name !== primary.name) return
  note('waiting until Barman receives WAL again')
  await until(`${primary.name} answers`, () => isAnswering(stage))
  await barmanCron(lab.backup, guest)
  await untilReceiving(stage, lab.backup)
}

async function isAnswering({ guest, primary }: LiveStage): Promise<boolean> {
  // With no host Debian's program looks for a cluster that the login user may not see.
  const argv = ['pg_isready', '-q', '-h', 'localhost', '-p', '5432']
  return (await guest.shell(primary, argv)).exitCode === 0
}

/** @returns PostgreSQL's complaint. @throws CommandError when it has none */
async function readDamaged(stage: LiveStage): Promise<string> {
  let complaint = ''
  await until(`${stage.victim.name} answers`, async () => {
    complaint = await complaintOf(stage)
    return !/starting up|not accept|connection/i.test(complaint)
  })
  if (complaint.includes('invalid page')) return complaint
  throw new CommandError(`PostgreSQL does not see the damage: ${complaint || 'it reads the table'}`, {
    command: `npx create-pg-lab psql ${stage.victim.name} -c '${READ}'`,
  })
}

async function complaintOf(stage: LiveStage): Promise<string> {
  try {
    await holdingOf(stage, stage.victim)
    return ''
  } catch (error) {
    if (error instanceof CommandError) return error.message
    throw error
  }
}

function bringBack(stage: LiveStage): readonly DrillStep[] {
  const live = { ...stage, backup: backupOf(stage) }
  return [
    {
      title: { en: 'Restore the backup and all WAL, beside', ru: 'Восстановить копию и весь WAL, рядом' },
      run: async (note) => {
        const plan = await planRestore(live, { kind: 'latest' })
        await restoreBeside(live, plan, note)
        await verifyWhole(stage, stage.primary, await restoredHolding(stage))
        return plan.backup.id
      },
    },
    {
      title: { en: 'Bring the table back', ru: 'Вернуть таблицу' },
      run: async () => {
        const holding = await bringBackGuardedTable(stage)
        await verifyWhole(stage, stage.primary, holding)
        return describeHolding(holding)
      },
    },
    removeRestoredStep(stage),
  ]
}

function cloneVictim(stage: LiveStage): readonly DrillStep[] {
  return [
    {
      title: { en: `Clone ${stage.victim.name} again`, ru: `Клонировать ${stage.victim.name} заново` },
      run: async (note) => reinit(stage, await planReinit(stage, stage.victim.name), note),
    },
    {
      title: { en: 'Wait until it has caught up', ru: 'Дождаться, пока она догонит мастер' },
      run: async (note) => {
        await untilStreaming(stage, serverOf(stage), note)
        const holding = await holdingOf(stage, stage.victim)
        await verifyWhole(stage, stage.primary, holding)
        return describeHolding(holding)
      },
    },
  ]
}

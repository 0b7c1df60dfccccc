import { CommandError } from '../errors.ts'
import type { LabNode } from '../lab.ts'
import { askServers, primaryOf } from '../observe/servers.ts'
import { planRestore, removeRestored, restoreBeside, restoreOver } from '../operations/restore.ts'
import { parseRestoreTarget } from '../operations/restore-target.ts'
import { literal } from '../postgres/sql.ts'
import type { Drill, LiveStage, Stage } from './drill.ts'
import { backupOf, thePrimary } from './rehearsal/cast.ts'
import {
  askRestored,
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
import { leadBack } from './rehearsal/lead-back.ts'
import { needsBackup } from './rehearsal/unplayable.ts'
import { letCommitsPass } from './rehearsal/wait.ts'
import { COMMITS, SCHEMA } from './rehearsal/writer.ts'

/** The writer pauses 10 ms after each: together they take longer than the second that is gone back. */
const COMMITS_MEANWHILE = 200

const IN_PLACE = 'in-place'

/** Whoever drops a table looks at the clock first; so we need not search the WAL for it. */
const DROPPED = `${SCHEMA}.precious_dropped`

/** The second before, as `restore --to` takes it. */
const TARGET_SQL = `SELECT to_char((at - interval '1 second') AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US+00') AS target FROM ${DROPPED}`

export const pitr: Drill = {
  id: 'pitr',
  title: { en: 'Somebody drops a table', ru: 'Кто-то удалил таблицу' },
  teaches: {
    en: 'how the second before a mistake is brought back from a backup and WAL',
    ru: 'как из копии и WAL вернуть секунду до ошибки',
  },
  hows: ['beside', IN_PLACE],
  refusal: needsBackup,
  restoresBeside: () => true, // also in place: the moment is reached there first
  victim: thePrimary,
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
  disaster: (stage) => [
    {
      title: { en: 'Write rows to a table', ru: 'Записать строки в таблицу' },
      run: async () => describeHolding(await makeGuardedTable(stage, stage.primary)),
    },
    {
      title: { en: 'Let some seconds pass', ru: 'Подождать несколько секунд' },
      run: (note) => letCommitsPass(stage.recorder, COMMITS_MEANWHILE, note),
    },
    { title: { en: 'Drop it', ru: 'Удалить её' }, run: () => dropPrecious(stage) },
    {
      title: { en: 'Go on writing', ru: 'Писать дальше' },
      run: (note) => letCommitsPass(stage.recorder, COMMITS_MEANWHILE, note),
    },
  ],
  repair: (stage) => (stage.cast.how === IN_PLACE ? overThePrimary(stage) : beside(stage)),
  remains: async (stage) => judgeGuardedTable(stage, await primaryOrFirst(stage)),
  tidy: (stage) => removeRestored({ ...stage, backup: backupOf(stage) }, () => {}),
  undo: leadBack,
  figures: ({ loss }, { how }) =>
    how === IN_PLACE
      ? [
          {
            name: { en: 'Commits given up by going back', ru: 'Потеряно транзакций из-за возврата' },
            value: String(loss.lost.length),
          },
        ]
      : [],
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

async function dropPrecious({ guest, primary, lab }: LiveStage): Promise<string> {
  const sql = `CREATE TABLE ${DROPPED} AS SELECT clock_timestamp() AS at; DROP TABLE ${GUARDED_TABLE};`
  await guest.execute(primary, sql, lab.database)
  return `the second before: ${await targetOf({ guest, primary, lab })}`
}

async function targetOf({ guest, primary, lab }: Pick<Stage, 'guest' | 'primary' | 'lab'>): Promise<string> {
  const [row] = await guest.rows<{ target: string }>(primary, TARGET_SQL, lab.database)
  if (!row) throw new Error('nobody has dropped the table')
  return row.target
}

function beside(stage: LiveStage): ReturnType<Drill['repair']> {
  const live = { ...stage, backup: backupOf(stage) }
  let target = ''
  return [
    {
      title: { en: 'Restore the second before, beside', ru: 'Восстановить секунду до этого, рядом' },
      run: async (note) => {
        target = await targetOf(stage)
        await restoreBeside(live, await planRestore(live, parseRestoreTarget(target, 'UTC')), note)
        return target
      },
    },
    {
      title: { en: 'Compare what is there', ru: 'Сравнить то, что там есть' },
      run: () => compareRestored(stage, target),
    },
    {
      title: { en: 'Bring the table back', ru: 'Вернуть таблицу' },
      run: async () => {
        return describeHolding(await bringBackGuardedTable(stage))
      },
    },
    removeRestoredStep(stage),
  ]
}

function overThePrimary(stage: LiveStage): ReturnType<Drill['repair']> {
  const live = { ...stage, backup: backupOf(stage) }
  return [
    {
      title: {
        en: `Restore the second before, over ${stage.primary.name}`,
        ru: `Восстановить секунду до этого поверх ${stage.primary.name}`,
      },
      run: async (note) => {
        const target = await targetOf(stage)
        const plan = await planRestore(live, parseRestoreTarget(target, 'UTC'))
        await restoreOver(live, plan, stage.primary.name, note)
        return target
      },
    },
    {
      title: { en: 'Compare what is there', ru: 'Сравнить то, что там есть' },
      run: () => compareInPlace(stage),
    },
    {
      title: { en: 'Let commits through again', ru: 'Снова разрешить фиксацию' },
      run: (note) => letCommitsPass(stage.recorder, COMMITS_MEANWHILE, note),
    },
  ]
}

/**
 * The table is whole, and of the writer's commits all up to the second are there and none behind it. The one that
 * was on its way just then may be there or not: its row was stamped before it was committed.
 */
async function compareRestored(stage: LiveStage, target: string): Promise<string> {
  const { guest, primary, lab } = stage
  const count = `count(*) FILTER (WHERE at <= ${literal(target)}::timestamptz)::int AS older, count(*) FILTER (WHERE at > ${literal(target)}::timestamptz)::int AS younger`
  const sql = `SELECT ${count} FROM ${COMMITS}`
  const [all] = await guest.rows<{ older: number }>(primary, sql, lab.database)
  const there = await askRestored<{ older: number; younger: number }>(stage, sql)
  const missing = (all?.older ?? 0) - there.older
  const holding = await restoredHolding(stage)
  await verifyWhole(stage, primary, holding)
  if (missing < 0 || missing > 1 || there.younger > 0) {
    throw missed(`${there.older} of ${all?.older} commits up to the second, ${there.younger} after it`)
  }
  return `${describeHolding(holding)}; of ${all?.older} commits up to then ${there.older}, of those after it ${there.younger}`
}

async function compareInPlace(stage: LiveStage): Promise<string> {
  const primary = await primaryOrFirst(stage)
  const holding = await holdingOf(stage, primary)
  await verifyWhole(stage, primary, holding)
  return describeHolding(holding)
}

function missed(found: string): CommandError {
  return new CommandError(`The restored server does not hold what was there at that second: ${found}`, {
    command: 'npx create-pg-lab psql backup',
  })
}

async function primaryOrFirst({ lab, guest, primary }: Stage): Promise<LabNode> {
  const found = primaryOf(await askServers(lab, guest))
  return found.is === 'found' ? found.node : primary
}

import { CommandError } from '../errors.ts'
import { askCatalogue, backupFacts } from '../observe/backups.ts'
import { takeBackup } from '../operations/backup.ts'
import { planRestore, removeRestored, restoreBeside, restoreOver } from '../operations/restore.ts'
import { parseRestoreTarget } from '../operations/restore-target.ts'
import { type BaseBackup, listBackups } from '../postgres/barman-catalogue.ts'
import { literal } from '../postgres/sql.ts'
import { copiedServer } from '../postgres/topology.ts'
import type { Text } from '../report/drill-report.ts'
import type { Note } from '../tasks/index.ts'
import { size } from '../units.ts'
import type { Drill, LiveStage, Stage } from './drill.ts'
import { DROPPED, IN_PLACE, SAY, TARGET_SQL, WORDS } from './pitr.words.ts'
import { backupOf, primaryOrFirst, thePrimary } from './rehearsal/cast.ts'
import {
  askRestored,
  bringBackGuardedTable,
  GUARDED_TABLE,
  holdingOf,
  judgeGuardedTable,
  makeGuardedTable,
  removeRestoredStep,
  restoredHolding,
  sayHolding,
  verifyWhole,
} from './rehearsal/guarded-table.ts'
import { leadBack } from './rehearsal/lead-back.ts'
import { needsBackup } from './rehearsal/unplayable.ts'
import { letCommitsPass } from './rehearsal/wait.ts'
import { COMMITS } from './rehearsal/writer.ts'

/** The writer pauses 10 ms after each: together they take longer than the second that is gone back. */
const COMMITS_MEANWHILE = 200

export const pitr: Drill = {
  id: 'pitr',
  ...WORDS,
  hows: ['beside', IN_PLACE],
  refusal: needsBackup,
  restoresBeside: () => true, // also in place: the moment is reached there first
  victim: thePrimary,
  disaster: (stage) => [
    ...(isOfAKind(stage.lab)
      ? [{ title: SAY.takeBackup, run: (note: Note) => takeBackupOfItsKind(stage, note) }]
      : []),
    {
      title: SAY.writeTable,
      run: async () => sayHolding(await makeGuardedTable(stage, stage.primary)),
    },
    {
      title: SAY.letSecondsPass,
      run: (note) => letCommitsPass(stage.recorder, COMMITS_MEANWHILE, note),
    },
    { title: SAY.dropTable, run: () => dropPrecious(stage) },
    {
      title: SAY.goOnWriting,
      run: (note) => letCommitsPass(stage.recorder, COMMITS_MEANWHILE, note),
    },
  ],
  repair: (stage) => (stage.cast.how === IN_PLACE ? overThePrimary(stage) : beside(stage)),
  remains: async (stage) => judgeGuardedTable(stage, await primaryOrFirst(stage)),
  tidy: (stage) => removeRestored({ ...stage, backup: backupOf(stage) }, () => {}),
  undo: leadBack,
  figures: ({ loss }, { how }, steps) => {
    const taken = steps.find(({ title }) => title.en === SAY.takeBackup.en)?.result
    return [
      ...(taken ? [{ name: SAY.restoredFrom, value: taken }] : []),
      ...(how === IN_PLACE ? [{ name: SAY.givenUp, value: String(loss.lost.length) }] : []),
    ]
  },
}

/** Its base backups are not simply copies of the primary: then the second comes back from such a one. */
function isOfAKind({ backup }: Stage['lab']): boolean {
  return backup?.incremental !== undefined || backup?.from !== undefined
}

async function takeBackupOfItsKind(stage: LiveStage, note: Note): Promise<Text> {
  const { lab, guest, primary } = stage
  const backup = backupOf(stage)
  const source = copiedServer(lab, primary)
  const isIncremental = backup.incremental !== undefined
  const { version } = lab.postgres
  const work = { primary, source, backup, guest, version, isIncremental }
  const taken = await takeBackup(work, ({ doneBytes }) => note(size(doneBytes)))
  const full = isIncremental
    ? (await listBackups(backup, guest)).find((one) => one.status === 'DONE' && !one.isIncremental)
    : undefined
  const facts = backupFacts((await askCatalogue(backup, guest)).stdout)
  const sizeOf = ({ id, bytes }: BaseBackup) => size(facts.get(id)?.dataBytes ?? bytes) // without the WAL
  return SAY.tookBackup(source.name, sizeOf(taken), full && sizeOf(full))
}

async function dropPrecious({ guest, primary, lab }: LiveStage): Promise<Text> {
  const sql = `CREATE TABLE ${DROPPED} AS SELECT clock_timestamp() AS at; DROP TABLE ${GUARDED_TABLE};`
  await guest.execute(primary, sql, lab.database)
  return SAY.secondBefore(await targetOf({ guest, primary, lab }))
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
      title: SAY.restoreBeside,
      run: async (note) => {
        target = await targetOf(stage)
        await restoreBeside(live, await planRestore(live, parseRestoreTarget(target, 'UTC')), note)
        return target
      },
    },
    {
      title: SAY.compare,
      run: () => compareRestored(stage, target),
    },
    {
      title: SAY.bringTableBack,
      run: async () => {
        return sayHolding(await bringBackGuardedTable(stage))
      },
    },
    removeRestoredStep(stage),
  ]
}

function overThePrimary(stage: LiveStage): ReturnType<Drill['repair']> {
  const live = { ...stage, backup: backupOf(stage) }
  return [
    {
      title: SAY.restoreOver(stage.primary.name),
      run: async (note) => {
        const target = await targetOf(stage)
        const plan = await planRestore(live, parseRestoreTarget(target, 'UTC'))
        await restoreOver(live, plan, stage.primary.name, note)
        return target
      },
    },
    {
      title: SAY.compare,
      run: () => compareInPlace(stage),
    },
    {
      title: SAY.letCommitsThrough,
      run: (note) => letCommitsPass(stage.recorder, COMMITS_MEANWHILE, note),
    },
  ]
}

/**
 * The table is whole, and of the writer's commits all up to the second are there and none behind it. The one that
 * was on its way just then may be there or not: its row was stamped before it was committed.
 */
async function compareRestored(stage: LiveStage, target: string): Promise<Text> {
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
  return SAY.compared(sayHolding(holding), { all: all?.older ?? 0, ...there })
}

async function compareInPlace(stage: LiveStage): Promise<Text> {
  const primary = await primaryOrFirst(stage)
  const holding = await holdingOf(stage, primary)
  await verifyWhole(stage, primary, holding)
  return sayHolding(holding)
}

function missed(found: string): CommandError {
  return new CommandError(`The restored server does not hold what was there at that second: ${found}`, {
    command: 'npx create-pg-lab psql backup',
  })
}

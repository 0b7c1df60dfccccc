import { CommandError } from '../errors.ts'
import type { Finding } from '../finding.ts'
import { type LabNode, postgresNodes } from '../lab.ts'
import { planRestore, removeRestored, restoreOnto, restoreOver, verifyOnto } from '../operations/restore.ts'
import { parseRestoreTarget } from '../operations/restore-target.ts'
import type { Text } from '../report/drill-report.ts'
import type { Note } from '../tasks/index.ts'
import { ifReachable } from '../tools/ssh/if-reachable.ts'
import type { Drill, LiveStage, Stage } from './drill.ts'
import { DATABASE, DROPPED, SAY, TABLE, TARGET_SQL, WORDS } from './dropped-database.words.ts'
import { backupOf, primaryOrFirst, thePrimary } from './rehearsal/cast.ts'
import { describeHolding, type Holding } from './rehearsal/guarded-table.ts'
import { leadBack } from './rehearsal/lead-back.ts'
import { needsBackup } from './rehearsal/unplayable.ts'
import { letCommitsPass, until } from './rehearsal/wait.ts'

/** The writer pauses 10 ms after each: together they take longer than the second that is gone back. */
const COMMITS_MEANWHILE = 200

const ROWS = 2_000

/** What a server has of the database. */
const HOLDING = `SELECT count(*)::int AS rows, md5(string_agg(k || ':' || v, ',' ORDER BY k)) AS checksum FROM ${TABLE}`

/** What it held when it was whole; noted within, where nothing is dropped by itself. */
const WHOLE = `SELECT rows, checksum FROM public.whole`

export const droppedDatabase: Drill = {
  id: 'dropped-database',
  ...WORDS,
  hows: [],
  refusal: needsBackup,
  restoresBeside: () => true, // where no ssh leads to the primary, the moment is reached there first
  victim: thePrimary,
  disaster: (stage) => [
    { title: SAY.make, run: () => makeDatabase(stage) },
    { title: SAY.letSecondsPass, run: (note) => letCommitsPass(stage.recorder, COMMITS_MEANWHILE, note) },
    { title: SAY.drop, run: () => dropDatabase(stage) },
    { title: SAY.goOnWriting, run: (note) => letCommitsPass(stage.recorder, COMMITS_MEANWHILE, note) },
  ],
  repair: (stage) => [
    { title: SAY.restore(stage.primary.name), run: (note) => bringBack(stage, note) },
    { title: SAY.compare, run: () => compareEverywhere(stage) },
    { title: SAY.remove, run: () => removeDatabase(stage) },
    { title: SAY.letCommitsThrough, run: (note) => letCommitsPass(stage.recorder, COMMITS_MEANWHILE, note) },
  ],
  remains: judgeDatabase,
  tidy: async (stage) => {
    await removeRestored({ ...stage, backup: backupOf(stage) }, () => {})
    await ifReachable(() => removeDatabase(stage), undefined) // else `undo` does
  },
  undo: async (stage, note) => {
    await leadBack(stage, note)
    await removeDatabase(stage)
  },
  figures: ({ loss }) => [{ name: SAY.givenUp, value: String(loss.lost.length) }],
}

async function makeDatabase({ guest, primary }: LiveStage): Promise<string> {
  await guest.execute(primary, `DROP DATABASE IF EXISTS ${DATABASE};\nCREATE DATABASE ${DATABASE};`)
  const sql = `CREATE TABLE ${TABLE} AS SELECT g AS k, md5(g::text || clock_timestamp()) AS v FROM generate_series(1, ${ROWS}) AS g;
CREATE TABLE public.whole AS ${HOLDING};`
  await guest.execute(primary, sql, DATABASE)
  return DATABASE
}

async function dropDatabase(stage: LiveStage): Promise<string> {
  const { guest, primary, lab } = stage
  await guest.execute(primary, `CREATE TABLE ${DROPPED} AS SELECT clock_timestamp() AS at;`, lab.database)
  await guest.execute(primary, `DROP DATABASE ${DATABASE};`)
  return targetOf(stage)
}

async function targetOf({ guest, primary, lab }: Stage): Promise<string> {
  const [row] = await guest.rows<{ target: string }>(primary, TARGET_SQL, lab.database)
  if (!row) throw new Error('nobody has dropped the database')
  return row.target
}

async function bringBack(stage: LiveStage, note: Note): Promise<string> {
  const live = { ...stage, backup: backupOf(stage) }
  const { name } = stage.primary
  const target = await targetOf(stage)
  const plan = await planRestore(live, parseRestoreTarget(target, 'UTC'))
  if (live.backup.method === 'rsync') {
    await verifyOnto(live, plan, name)
    await restoreOnto(live, plan, name, note)
  } else {
    await restoreOver(live, plan, name, note)
  }
  return target
}

/** What the database holds on a server, and held when it was whole. @throws CommandError where it is not there */
async function holdingOn({ guest }: Stage, node: LabNode): Promise<readonly [Holding, Holding]> {
  const [[now], [whole]] = [
    await guest.rows<Holding>(node, HOLDING, DATABASE),
    await guest.rows<Holding>(node, WHOLE, DATABASE),
  ]
  if (!now || !whole) throw new Error('a count has one row')
  return [now, whole]
}

/** A standby may replay it a moment later. */
async function compareEverywhere(stage: LiveStage): Promise<Text> {
  const nodes = postgresNodes(stage.lab)
  for (const node of nodes) {
    await until(`${DATABASE} is whole on ${node.name}`, async () => {
      try {
        const [now, whole] = await holdingOn(stage, node)
        return describeHolding(now) === describeHolding(whole)
      } catch (error) {
        if (error instanceof CommandError) return false
        throw error
      }
    })
  }
  return SAY.rows(ROWS, nodes.length)
}

/** Whether it is there and whole, as a finding; none where all of the drill is gone. */
async function judgeDatabase(stage: Stage): Promise<readonly Finding[]> {
  const { guest, lab } = stage
  const node = await primaryOrFirst(stage)
  const asked = { check: 'drill', node: node.name, what: `rows of the database ${DATABASE}` }
  try {
    const begun = `SELECT 1 AS begun WHERE to_regclass('${DROPPED}') IS NOT NULL`
    const there = `SELECT 1 AS there FROM pg_database WHERE datname = '${DATABASE}'`
    const isThere = (await guest.rows(node, there)).length > 0
    if (!isThere && (await guest.rows(node, begun, lab.database)).length === 0) return []
    const [now, whole] = await holdingOn(stage, node)
    const told = { expected: describeHolding(whole), observed: describeHolding(now) }
    return [{ ...asked, ...told, ok: told.expected === told.observed }]
  } catch (error) {
    if (!(error instanceof CommandError)) throw error
    return [{ ...asked, ok: false, expected: 'all of them', observed: error.message }]
  }
}

/** It and what told when it was dropped. */
async function removeDatabase(stage: Stage): Promise<void> {
  const { guest, lab } = stage
  const node = await primaryOrFirst(stage)
  await guest.execute(node, `DROP DATABASE IF EXISTS ${DATABASE};`)
  await guest.execute(node, `DROP TABLE IF EXISTS ${DROPPED};`, lab.database)
}

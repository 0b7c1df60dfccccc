import { CommandError, programFailed } from '../errors.ts'
import { seeServers } from '../observe/servers.ts'
import { startServer, stopServer } from '../operations/postgres-service.ts'
import { planReinit, reinitServer } from '../operations/reinit.ts'
import { planRestore, removeRestored, restoreBeside } from '../operations/restore.ts'
import { literal } from '../postgres/sql.ts'
import { scripted } from '../scripts/index.ts'
import type { Note } from '../tasks/index.ts'
import { ON_STANDBY, READ, SAY, WORDS } from './corruption.words.ts'
import type { Drill, DrillStep, LiveStage } from './drill.ts'
import { backupOf, leafStandby, serverOf, thePrimary } from './rehearsal/cast.ts'
import {
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
import { needsBackup, needsSlave } from './rehearsal/unplayable.ts'
import { until, untilStreaming } from './rehearsal/wait.ts'
import { barmanCron, untilReceiving } from './rehearsal/wal-steps.ts'

export const corruption: Drill = {
  id: 'corruption',
  ...WORDS,
  hows: ['master', ON_STANDBY],
  refusal: (lab, how) => {
    if (!lab.postgres.checksums) return SAY.noChecksums
    return how === ON_STANDBY ? needsSlave(lab) : needsBackup(lab)
  },
  clusterRefusal: ({ checksums }) => (checksums ? undefined : SAY.noChecksums),
  restoresBeside: (how) => how !== ON_STANDBY,
  victim: (lab, primary, how) => (how === ON_STANDBY ? leafStandby : thePrimary)(lab, primary),
  disaster: (stage) => [
    {
      title: SAY.writeTable,
      run: async () => {
        const holding = await makeGuardedTable(stage, stage.primary)
        await flush(stage)
        return sayHolding(holding)
      },
    },
    {
      title: SAY.damagePage(stage.victim.name),
      run: (note) => damage(stage, note),
    },
    { title: SAY.readTable, run: () => readDamaged(stage) },
  ],
  repair: (stage) => (stage.cast.how === ON_STANDBY ? cloneVictim(stage) : bringBack(stage)),
  remains: (stage) => judgeGuardedTable(stage, stage.victim),
  tidy: async (stage) => {
    // Of a standby nothing was restored: a server that is there is somebody's own.
    if (stage.cast.how !== ON_STANDBY) await removeRestored({ ...stage, backup: backupOf(stage) }, () => {})
  },
  figures: () => [],
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
async function damage(stage: LiveStage, note: Note): Promise<string> {
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
  const output = await guest.shell(victim, scripted('damage-page.sh', [file]), { as: 'postgres' })
  await startServer(node, guest)
  await receiveAgain(stage, note)
  if (output.exitCode === 0) return file
  throw programFailed(`${file} cannot be damaged`, 'dd', output)
}

/** A primary that stops ends receive-wal; Barman's cron job would start it within a minute. */
async function receiveAgain(stage: LiveStage, note: Note): Promise<void> {
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
      title: SAY.restoreBeside,
      run: async (note) => {
        const plan = await planRestore(live, { kind: 'latest' })
        await restoreBeside(live, plan, note)
        await verifyWhole(stage, stage.primary, await restoredHolding(stage))
        return plan.backup.id
      },
    },
    {
      title: SAY.bringTableBack,
      run: async () => {
        const holding = await bringBackGuardedTable(stage)
        await verifyWhole(stage, stage.primary, holding)
        return sayHolding(holding)
      },
    },
    removeRestoredStep(stage),
  ]
}

function cloneVictim(stage: LiveStage): readonly DrillStep[] {
  return [
    {
      title: SAY.cloneAgain(stage.victim.name),
      run: async (note) =>
        reinitServer(stage, planReinit(stage.lab, await seeServers(stage), stage.victim.name), note),
    },
    {
      title: SAY.untilCaughtUp,
      run: async (note) => {
        await untilStreaming(stage, serverOf(stage), note)
        const holding = await holdingOf(stage, stage.victim)
        await verifyWhole(stage, stage.primary, holding)
        return sayHolding(holding)
      },
    },
  ]
}

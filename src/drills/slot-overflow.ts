import { postgresHas } from '../catalog/postgres-features.ts'
import { CommandError } from '../errors.ts'
import { type PostgresNode, postgresNodes } from '../lab.ts'
import { seeServers } from '../observe/servers.ts'
import { startServer, stopServer } from '../operations/postgres-service.ts'
import { planReinit, reinitServer } from '../operations/reinit.ts'
import { literal } from '../postgres/sql.ts'
import type { Note } from '../tasks/index.ts'
import type { Guest } from '../tools/ssh/guest-contract.ts'
import { size, span } from '../units.ts'
import type { Drill, DrillStep, LiveStage, Stage } from './drill.ts'
import { backupOf, leafStandby, serverOf, slotOf } from './rehearsal/cast.ts'
import { mostKept, unprotectedSpan } from './rehearsal/samples.ts'
import { needsSlave } from './rehearsal/unplayable.ts'
import { caughtUpStep, until } from './rehearsal/wait.ts'
import { barmanCron, switchWal, untilArchived } from './rehearsal/wal-steps.ts'
import { hasArchive, LIMIT, SAY, slotAnewSql, WORDS } from './slot-overflow.words.ts'

/** What is kept for pg_rewind would be kept for slots too. */
const LOWER = `ALTER SYSTEM SET max_slot_wal_keep_size = '${LIMIT}'; ALTER SYSTEM SET wal_keep_size = 0; SELECT pg_reload_conf();`

const RESET = `ALTER SYSTEM RESET max_slot_wal_keep_size; ALTER SYSTEM RESET wal_keep_size; SELECT pg_reload_conf();`

export const slotOverflow: Drill = {
  id: 'slot-overflow',
  ...WORDS,
  hows: [],
  refusal: (lab) => {
    const { postgres } = lab
    if (postgresHas(postgres.version, 'slot_limit')) return needsSlave(lab)
    return SAY.noLimit(postgres.version)
  },
  victim: leafStandby,
  disaster: (stage) => [
    {
      title: SAY.limitSlots,
      run: () => stage.guest.execute(stage.primary, LOWER),
    },
    {
      title: SAY.stop(stage.victim.name),
      run: () => stopServer(serverOf(stage), stage.guest),
    },
    {
      title: SAY.untilSlotIsLost,
      run: (note) => untilLost(stage, note),
    },
  ],
  repair: (stage) => [
    {
      title: SAY.takeLimitBack,
      run: () => stage.guest.execute(stage.primary, RESET),
    },
    ...(hasArchive(stage.lab) ? fromTheArchive(stage) : [cloneStep(stage)]),
    caughtUpStep(stage),
  ],
  tidy: resetAll, // before anybody is cloned: a clone takes the limit along
  undo: resetAll,
  figures: ({ lab, samples, disasterMs }, cast) => {
    const away = unprotectedSpan(lab, samples, disasterMs)
    return [
      {
        name: SAY.mostKept,
        value: size(mostKept(samples, slotOf(lab, cast))),
      },
      ...(away
        ? [
            {
              name: SAY.unprotected,
              value: span((away.toMs - away.fromMs) / 1000),
            },
          ]
        : []),
    ]
  },
}

function cloneStep(stage: LiveStage): DrillStep {
  return {
    title: SAY.cloneAgain(stage.victim.name),
    run: async (note) => {
      await startServer(serverOf(stage), stage.guest)
      await reinitServer(stage, planReinit(stage.lab, await seeServers(stage), stage.victim.name), note)
    },
  }
}

/** Its restore_command gets what the primary has removed; with a slot again it streams from there on. */
function fromTheArchive(stage: LiveStage): readonly DrillStep[] {
  const { guest, primary, victim } = stage
  return [
    {
      title: SAY.makeSlotAnew,
      run: () => guest.execute(primary, slotAnewSql(serverOf(stage).slot)),
    },
    {
      title: SAY.archiveAll,
      run: (note) => untilArchived(stage, backupOf(stage), note),
    },
    {
      title: SAY.startAgain(victim.name),
      run: () => startServer(serverOf(stage), guest),
    },
  ]
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
async function untilLost(stage: LiveStage, note: Note): Promise<string> {
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

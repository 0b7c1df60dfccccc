import { primary as primaryCheck } from '../checks/primary.ts'
import { CommandError } from '../errors.ts'
import { seeServers } from '../observe/servers.ts'
import { fence } from '../operations/fence.ts'
import { followPrimary, planFollowing } from '../operations/follow.ts'
import { size } from '../units.ts'
import type { Drill, LiveStage } from './drill.ts'
import { leafStandby, serverOf, slotOf } from './rehearsal/cast.ts'
import { rejoinVictim } from './rehearsal/lead-back.ts'
import { mostKept } from './rehearsal/samples.ts'
import { needsSlave } from './rehearsal/unplayable.ts'
import { caughtUpStep, letCommitsPass } from './rehearsal/wait.ts'
import { ORPHANS, SAY, WORDS } from './split-brain.words.ts'

const COMMITS_MEANWHILE = 200
const ORPHAN_ROWS = 100

const FENCE_SECONDS = 10

export const splitBrain: Drill = {
  id: 'split-brain',
  ...WORDS,
  hows: [],
  refusal: needsSlave,
  victim: leafStandby,
  disaster: (stage) => [
    {
      title: SAY.promoteByHand(stage.victim.name),
      run: () => stage.guest.execute(serverOf(stage), 'SELECT pg_promote()'),
    },
    {
      title: SAY.writeToBoth,
      run: async (note) => {
        await writeOrphans(stage)
        await letCommitsPass(stage.recorder, COMMITS_MEANWHILE, note)
        return SAY.rowsAlone(ORPHAN_ROWS, stage.victim.name)
      },
    },
    {
      title: SAY.verifyNotices,
      run: () => noticed(stage),
    },
  ],
  repair: (stage) => [
    {
      title: SAY.fence(stage.victim.name),
      run: () => fenceVictim(stage),
    },
    {
      title: SAY.rejoin(stage.victim.name),
      run: (note) => rejoinVictim(stage, note),
    },
    caughtUpStep(stage),
  ],
  yields: ({ victim }) => victim,
  undo: async (stage, note) =>
    void (await followPrimary(stage, planFollowing(await seeServers(stage)), note)),
  figures: ({ lab, samples }, cast) => [
    {
      name: SAY.orphans,
      value: SAY.rows(ORPHAN_ROWS),
    },
    {
      name: SAY.mostKept,
      value: size(mostKept(samples, slotOf(lab, cast))),
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

import { programFailed } from '../errors.ts'
import { seeServers } from '../observe/servers.ts'
import { followPrimary, planFollowing } from '../operations/follow.ts'
import { outageFor } from '../operations/outage/index.ts'
import { planRestore, removeRestored, restoreOver } from '../operations/restore.ts'
import { startMachines } from '../operations/start-machines.ts'
import type { Text } from '../report/drill-report.ts'
import type { Note } from '../tasks/index.ts'
import type { Drill, DrillStep, LiveStage, Stage } from './drill.ts'
import { RESTORE, SAY, WORDS } from './failover.words.ts'
import { backupOf, thePrimary } from './rehearsal/cast.ts'
import { leadBack, promoteOne, rejoinVictim, switchBack } from './rehearsal/lead-back.ts'
import { needsBackup, needsOutage, needsSuccessor } from './rehearsal/unplayable.ts'
import { letCommitsPass } from './rehearsal/wait.ts'

const COMMITS_MEANWHILE = 200

/** The others are told nothing. */
const KILL_SERVER = ['systemctl', 'kill', '--signal=KILL', 'postgresql@*', 'postgresql-[0-9]*']

export const failover: Drill = {
  id: 'failover',
  ...WORDS,
  hows: ['process', 'machine', 'network', RESTORE],
  refusal: (lab, how) => {
    if (how === RESTORE) return needsBackup(lab)
    return (how === 'process' ? undefined : needsOutage(lab)) ?? needsSuccessor(lab)
  },
  restoresBeside: (how) => how === RESTORE, // also in place: the end is reached there first
  victim: thePrimary,
  disaster: (stage) => [
    {
      title: SAY.lose(stage.victim.name),
      run: () => lose(stage),
    },
  ],
  repair: (stage) => (stage.cast.how === RESTORE ? bringBackFromBarman(stage) : promoteAnother(stage)),
  tidy: (stage) => mend(stage),
  undo: leadBack,
  figures: () => [],
}

function promoteAnother(stage: LiveStage): readonly DrillStep[] {
  return [
    {
      title: SAY.promote,
      run: (note) => promoteSuccessor(stage, note),
    },
    {
      title: SAY.letOthersFollow,
      run: async (note) => void (await followPrimary(stage, planFollowing(await seeServers(stage)), note)),
    },
    {
      title: SAY.letCommitsThrough,
      run: (note) => letCommitsPass(stage.recorder, COMMITS_MEANWHILE, note),
    },
    {
      title: SAY.bringBack(stage.victim.name),
      run: (note) => comeBack(stage, note),
    },
    {
      title: SAY.switchBack,
      run: (note) => switchBack(stage, note),
    },
  ]
}

/** Only what Barman has received counts: nothing is taken from the lost server, nor from a slave. */
function bringBackFromBarman(stage: LiveStage): readonly DrillStep[] {
  const live = { ...stage, backup: backupOf(stage) }
  return [
    {
      title: SAY.restoreOver(stage.victim.name),
      run: async (note) => {
        const plan = await planRestore(live, { kind: 'latest' })
        if (plan.primary) throw new Error(`${plan.primary.name} was not lost: it is the primary still`)
        await restoreOver(live, plan, stage.victim.name, note)
        return plan.backup.id
      },
    },
    {
      title: SAY.letCommitsThrough,
      run: (note) => letCommitsPass(stage.recorder, COMMITS_MEANWHILE, note),
    },
  ]
}

async function lose(stage: LiveStage): Promise<void> {
  const { guest, victim, cast } = stage
  if (cast.how === 'network') return outageFor(stage.lab).cutNetwork(stage, victim)
  if (cast.how === 'machine') return outageFor(stage.lab).cutPower(stage, victim)
  const output = await guest.shell(victim, KILL_SERVER, { as: 'root', timeoutMs: 20_000 })
  if (output.exitCode === 0) return
  throw programFailed(`PostgreSQL on ${victim.name} cannot be killed`, KILL_SERVER.join(' '), output)
}

/** A disaster that did not happen must not be measured. */
async function promoteSuccessor(stage: LiveStage, note: Note): Promise<Text> {
  const { target, why } = await promoteOne(stage, note)
  if (target.name === stage.victim.name)
    throw new Error(`${target.name} was not lost: it is the primary still`)
  return SAY.promoted(target.name, why)
}

async function mend(stage: Stage): Promise<void> {
  if (stage.cast.how === RESTORE) await removeRestored({ ...stage, backup: backupOf(stage) }, () => {})
  if (stage.cast.how === 'network') await outageFor(stage.lab).mendNetwork(stage, stage.victim)
}

async function comeBack(stage: LiveStage, note: Note): Promise<string | Text | undefined> {
  await mend(stage)
  await startMachines(stage, note)
  return rejoinVictim(stage, note)
}

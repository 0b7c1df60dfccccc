import { seeServers } from '../observe/servers.ts'
import { followPrimary, planFollowing } from '../operations/follow.ts'
import { planSwitchover, switchPrimary } from '../operations/switchover.ts'
import type { Note } from '../tasks/index.ts'
import type { Drill, LiveStage } from './drill.ts'
import { successor, thePrimary } from './rehearsal/cast.ts'
import { leadBack, switchBack } from './rehearsal/lead-back.ts'
import { needsSuccessor } from './rehearsal/unplayable.ts'
import { letCommitsPass } from './rehearsal/wait.ts'
import { SAY, WORDS } from './switchover.words.ts'

const COMMITS_MEANWHILE = 200

export const switchover: Drill = {
  id: 'switchover',
  ...WORDS,
  hows: [],
  refusal: needsSuccessor,
  victim: thePrimary,
  disaster: (stage) => [
    {
      title: SAY.switchOver,
      run: (note) => handOver(stage, note),
    },
    {
      title: SAY.letOthersFollow,
      run: async (note) =>
        void (await followPrimary(stage, planFollowing(await seeServers(stage), [stage.victim.name]), note)),
    },
    {
      title: SAY.letCommitsThrough,
      run: (note) => letCommitsPass(stage.recorder, COMMITS_MEANWHILE, note),
    },
  ],
  repair: (stage) => [
    {
      title: SAY.switchBack,
      run: (note) => switchBack(stage, note),
    },
  ],
  undo: leadBack,
  figures: () => [],
}

async function handOver(stage: LiveStage, note: Note): Promise<string> {
  const plan = planSwitchover(stage.lab, await seeServers(stage), successor(stage.lab, stage.primary).name)
  const { checkpoint } = await switchPrimary(stage, plan, note)
  return `${plan.target.name}, ${checkpoint}`
}

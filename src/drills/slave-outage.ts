import { startServer, stopServer } from '../operations/postgres-service.ts'
import type { Note } from '../tasks/index.ts'
import { size, span } from '../units.ts'
import type { Drill, LiveStage } from './drill.ts'
import { leafStandby, serverOf, slotOf } from './rehearsal/cast.ts'
import { mostKept, unprotectedSpan } from './rehearsal/samples.ts'
import { needsSlave } from './rehearsal/unplayable.ts'
import { caughtUpStep, letCommitsPass } from './rehearsal/wait.ts'
import { keptNow } from './rehearsal/wal-steps.ts'
import { COMMITS_MEANWHILE, SAY, WORDS } from './slave-outage.words.ts'

export const slaveOutage: Drill = {
  id: 'slave-outage',
  ...WORDS,
  hows: [],
  refusal: needsSlave,
  victim: leafStandby,
  disaster: (stage) => [
    {
      title: SAY.stop(stage.victim.name),
      run: () => stopServer(serverOf(stage), stage.guest),
    },
    {
      title: SAY.commitWithoutIt,
      run: (note) => meanwhile(stage, note),
    },
  ],
  repair: (stage) => [
    {
      title: SAY.start(stage.victim.name),
      run: () => startServer(serverOf(stage), stage.guest),
    },
    caughtUpStep(stage),
  ],
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
              name: SAY.away(cast.victim),
              value: span((away.toMs - away.fromMs) / 1000),
            },
          ]
        : []),
    ]
  },
}

async function meanwhile(stage: LiveStage, note: Note): Promise<string> {
  await letCommitsPass(stage.recorder, COMMITS_MEANWHILE, note)
  return keptNow(stage, slotOf(stage.lab, stage.cast))
}

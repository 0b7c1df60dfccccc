import type { Lab } from '../lab.ts'
import { startMachines } from '../operations/start-machines.ts'
import type { Note } from '../tasks/index.ts'
import { size, span } from '../units.ts'
import { FILES_MEANWHILE, SAY, WORDS } from './backup-outage.words.ts'
import type { Drill, LiveStage } from './drill.ts'
import { backupOf } from './rehearsal/cast.ts'
import { mostKept, unprotectedSpan } from './rehearsal/samples.ts'
import { needsBackup, needsOutage } from './rehearsal/unplayable.ts'
import { letCommitsPass } from './rehearsal/wait.ts'
import { barmanCron, keptNow, switchWal, untilArchived, untilReceiving } from './rehearsal/wal-steps.ts'

const COMMITS_MEANWHILE = 300

export const backupOutage: Drill = {
  id: 'backup-outage',
  ...WORDS,
  hows: [],
  refusal: (lab) => needsOutage(lab) ?? needsBackup(lab),
  victim: (lab) => backupOf({ lab }),
  disaster: (stage) => [
    {
      title: SAY.switchOff(stage.victim.name),
      run: () => stage.vagrant.halt({ machines: [stage.victim.name] }),
    },
    {
      title: SAY.finishWalFiles,
      run: (note) => meanwhile(stage, note),
    },
  ],
  repair: (stage) => {
    const backup = backupOf(stage)
    return [
      {
        title: SAY.switchOn(backup.name),
        run: (note) => startMachines(stage, note),
      },
      {
        title: SAY.receiveAgain,
        run: async () => {
          await barmanCron(backup, stage.guest)
          await untilReceiving(stage, backup)
        },
      },
      {
        title: SAY.untilArchived,
        run: (note) => untilArchived(stage, backup, note),
      },
    ]
  },
  figures: ({ lab, samples, disasterMs }) => {
    const away = unprotectedSpan(lab, samples, disasterMs)
    return [
      {
        name: SAY.mostKept,
        value: size(mostKept(samples, slotOf(lab))),
      },
      ...(away
        ? [
            {
              name: SAY.archiveStopped,
              value: span((away.toMs - away.fromMs) / 1000),
            },
          ]
        : []),
    ]
  },
}

function slotOf({ backup }: Lab): string {
  return backup?.slot ?? ''
}

async function meanwhile(stage: LiveStage, note: Note): Promise<string> {
  for (let file = 1; file <= FILES_MEANWHILE; file += 1) {
    await letCommitsPass(stage.recorder, COMMITS_MEANWHILE / FILES_MEANWHILE, note)
    note(await switchWal(stage.primary, stage.guest))
  }
  return keptNow(stage, slotOf(stage.lab))
}

import { programFailed } from '../errors.ts'
import type { BackupNode } from '../lab.ts'
import { barmanConfig, stopReceiveWal } from '../postgres/barman.ts'
import { scripted } from '../scripts/index.ts'
import type { Note } from '../tasks/index.ts'
import { size } from '../units.ts'
import { FILLER, SAY, WORDS } from './disk-full.words.ts'
import type { Drill, LiveStage, Stage } from './drill.ts'
import { backupOf } from './rehearsal/cast.ts'
import { mostKept } from './rehearsal/samples.ts'
import { needsBackup } from './rehearsal/unplayable.ts'
import { letCommitsPass, until } from './rehearsal/wait.ts'
import { barmanCron, keptNow, switchWal, untilArchived, untilReceiving } from './rehearsal/wal-steps.ts'

const COMMITS_MEANWHILE = 200

/** initdb's default, for which the small disk is made. */
const SEGMENT_BYTES = 16 * 1024 ** 2

export const diskFull: Drill = {
  id: 'disk-full',
  ...WORDS,
  hows: [],
  refusal: needsBackup,
  clusterRefusal: ({ segment }) =>
    segment === SEGMENT_BYTES ? undefined : SAY.otherSegments(segment / 1024 ** 2),
  victim: (lab) => backupOf({ lab }),
  disaster: (stage) => {
    const backup = backupOf(stage)
    return [
      {
        title: SAY.fillDisk(backup.name),
        run: () => fill(stage, backup),
      },
      {
        title: SAY.untilReceiveWalStops,
        run: (note) => untilGivenUp(stage, backup, note),
      },
      {
        title: SAY.finishWalFile,
        run: async (note) => {
          await letCommitsPass(stage.recorder, COMMITS_MEANWHILE, note)
          await switchWal(stage.primary, stage.guest)
          return keptNow(stage, backup.slot)
        },
      },
    ]
  },
  repair: (stage) => {
    const backup = backupOf(stage)
    return [
      {
        title: SAY.makeRoom,
        run: () => empty(stage, backup),
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
  tidy: async (stage) => {
    const backup = backupOf(stage)
    await empty(stage, backup) // where room was made, it was made on the small disk
    await barmanCron(backup, stage.guest)
  },
  figures: ({ lab, samples }) => [
    {
      name: SAY.mostKept,
      value: size(mostKept(samples, lab.backup?.slot ?? '')),
    },
  ],
}

async function fill(stage: LiveStage, backup: BackupNode): Promise<void> {
  const { streaming } = await foldersOf(stage, backup)
  await stopReceiveWal(stage.guest, backup)
  await asRoot(stage, backup, 'fill-disk.sh', [streaming, FILLER])
  await barmanCron(backup, stage.guest)
}

async function empty(stage: Stage, backup: BackupNode): Promise<void> {
  const { streaming, wals } = await foldersOf(stage, backup)
  await stopReceiveWal(stage.guest, backup)
  await asRoot(stage, backup, 'empty-disk.sh', [streaming, wals, FILLER, String(SEGMENT_BYTES)])
}

/** What fits into the file it is at still comes; the next one has no room. */
async function untilGivenUp(stage: LiveStage, backup: BackupNode, note: Note): Promise<void> {
  const { primary, guest } = stage
  const isStreaming = async () => {
    const rows = await guest.rows(
      primary,
      `SELECT 1 AS streams FROM pg_stat_replication WHERE usename = '${backup.streamingUser}' AND application_name LIKE '%receive%'`,
    )
    return rows.length > 0
  }
  await until('receive-wal gives up', async () => {
    note(await switchWal(primary, guest))
    await barmanCron(backup, guest) // whatever has come whole goes into the archive, and what is gone is started
    return !(await isStreaming())
  })
}

async function foldersOf(
  { guest }: Stage,
  backup: BackupNode,
): Promise<{ readonly streaming: string; readonly wals: string }> {
  const { config } = await barmanConfig(guest, backup)
  return { streaming: String(config.streaming_wals_directory), wals: String(config.wals_directory) }
}

async function asRoot(
  { guest }: Stage,
  backup: BackupNode,
  script: string,
  words: readonly string[],
): Promise<void> {
  const output = await guest.shell(backup, scripted(script, words), {
    as: 'root',
    timeoutMs: 60_000,
  })
  if (output.exitCode === 0) return
  throw programFailed(
    `The small disk on ${backup.name} cannot be changed`,
    `mount | grep ${words[0]}`,
    output,
  )
}

import { programFailed } from '../errors.ts'
import type { BackupNode } from '../lab.ts'
import { barmanConfig, stopReceiveWal } from '../postgres/barman.ts'
import type { Progress } from '../tasks/index.ts'
import { size } from '../units.ts'
import type { Drill, LiveStage, Stage } from './drill.ts'
import { backupOf } from './rehearsal/cast.ts'
import { mostKept } from './rehearsal/samples.ts'
import { needsBackup } from './rehearsal/unplayable.ts'
import { letCommitsPass, until } from './rehearsal/wait.ts'
import { barmanCron, keptNow, switchWal, untilArchived, untilReceiving } from './rehearsal/wal-steps.ts'

const COMMITS_MEANWHILE = 200

/** What fills the disk. Barman leaves files of this kind alone in its folders. */
const FILLER = 'forgotten.tmp'

/*
 * In a container the disk is the computer's own, which nobody may fill; so a small one (a tmpfs) is laid over the
 * folder into which WAL is streamed, with what lies there and a file that leaves no room for another WAL file of
 * 16 MB. Without that file there is room for all that the slot keeps meanwhile: Barman archives once a minute, and a
 * disk that is full again would cut off the next .partial. $1 is the folder. May be run again.
 */
const FILL = `mountpoint -q "$1" && exit
set -e
big=$(mktemp -d)
mount --bind "$1" "$big"
mount -t tmpfs -o size=128m tmpfs "$1"
cp -a "$big/." "$1"
umount "$big"
rmdir "$big"
head -c 108M /dev/zero >"$1/${FILLER}"`

/*
 * Takes the small disk away; what was received on it goes to the big one, but for files that were cut off for want of
 * room: pg_receivewal refuses those. It also refuses a .partial file whose complete segment is already archived.
 * $1 is the folder, $2 the archive. May be run again.
 */
const EMPTY = `while mountpoint -q "$1"; do
  kept=$(mktemp -d "$1.XXXXXX") || exit
  find "$1" -mindepth 1 -maxdepth 1 -type f ! -name ${FILLER} \\( -size 16777216c -o -name '*.history' \\) -exec cp -a -t "$kept" {} +
  umount "$1" || umount -l "$1" || exit
  find "$kept" -type f -exec mv -f -t "$1" {} +
  rm -r "$kept"
done
rm -f "$1/${FILLER}"
for partial in "$1"/*.partial; do
  name=\${partial##*/}
  [ -e "$partial" ] && [ -n "$(find "$2" -name "\${name%.partial}")" ] && rm -f "$partial"
done
exit 0`

export const diskFull: Drill = {
  id: 'disk-full',
  title: { en: 'The disk of the backup host is full', ru: 'На узле резервного копирования кончилось место' },
  teaches: {
    en: 'where WAL waits when Barman has no room, and what has to be done besides making room',
    ru: 'где WAL ждёт, когда у Barman нет места, и что нужно сделать, кроме как освободить его',
  },
  hows: [],
  refusal: needsBackup,
  victim: (lab) => backupOf({ lab }),
  intro: ({ primary, victim }) => [
    {
      en: `Barman on ${victim} gets a disk of 128 MB for the WAL it receives, and somebody’s forgotten file fills it.`,
      ru: `Barman на ${victim} получает для принимаемого WAL диск в 128 МБ, и чей-то забытый файл его заполняет.`,
    },
    {
      en: `pg_receivewal ends with “No space left on device”, while ${primary} keeps accepting writes.`,
      ru: `pg_receivewal завершается с «No space left on device», а ${primary} продолжает принимать запись.`,
    },
    {
      en: 'Then room is made, and the archive is looked through for a gap. The disk of your own computer is never filled.',
      ru: 'Затем место освобождается, и архив проверяется на пропуски. Диск вашего компьютера не заполняется.',
    },
  ],
  watch: ({ primary }) => [
    {
      en: `\`npx create-pg-lab status --watch\`: the slot of Barman becomes inactive on ${primary}, and WAL piles up there instead.`,
      ru: `\`npx create-pg-lab status --watch\`: слот Barman на ${primary} станет inactive, и WAL начнёт копиться там.`,
    },
  ],
  promise: ({ victim }) => ({
    en: `The disk under Barman’s incoming WAL on ${victim} is full, and receive-wal does not run.`,
    ru: `Диск под принимаемым WAL на ${victim} заполнен, и receive-wal не работает.`,
  }),
  hints: ({ victim }, lab) => {
    const ssh = `npx create-pg-lab ssh ${victim} --`
    const folder = `~barman/${lab.backup?.server}/streaming`
    return [
      {
        en: 'Barman says what is wrong.',
        ru: 'Barman сам скажет, что не так.',
        type: `${ssh} sudo -u barman barman check ${lab.backup?.server}`,
      },
      {
        en: 'Its log says more.',
        ru: 'Его журнал скажет больше.',
        type: `${ssh} sudo tail /var/log/barman/barman.log`,
      },
      {
        en: 'What has run out of room, and what took it?',
        ru: 'Где кончилось место и чем оно занято?',
        type: `${ssh} 'sudo df -h; sudo sh -c "ls -la ${folder}"'`,
      },
      { en: 'Make room.', ru: 'Освободите место.', type: `${ssh} 'sudo sh -c "rm ${folder}/${FILLER}"'` },
      {
        en: 'A .partial that was cut off stops pg_receivewal for good, and the slot has its WAL. Remove what is not 16 MB.',
        ru: 'Обрезанный .partial остановит pg_receivewal навсегда, а его WAL есть у слота. Удалите всё, что не 16 МБ.',
        type: `${ssh} 'sudo sh -c "find ${folder} -name \\*.partial ! -size 16777216c -delete"'`,
      },
      {
        en: 'Cron starts receive-wal within a minute. This does not wait for it.',
        ru: 'Cron запустит receive-wal в течение минуты. Эта команда не ждёт.',
        type: `${ssh} sudo -u barman barman cron`,
      },
    ]
  },
  disaster: (stage) => {
    const backup = backupOf(stage)
    return [
      {
        title: { en: `Fill the disk of ${backup.name}`, ru: `Заполнить диск ${backup.name}` },
        run: () => fill(stage, backup),
      },
      {
        title: { en: 'Wait until receive-wal gives up', ru: 'Дождаться, пока receive-wal остановится' },
        run: (note) => untilGivenUp(stage, backup, note),
      },
      {
        title: { en: 'Finish another WAL file without Barman', ru: 'Заполнить ещё один файл WAL без Barman' },
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
        title: { en: 'Make room', ru: 'Освободить место' },
        run: () => empty(stage, backup),
      },
      {
        title: { en: 'Let Barman receive WAL again', ru: 'Возобновить приём WAL в Barman' },
        run: async () => {
          await barmanCron(backup, stage.guest)
          await untilReceiving(stage, backup)
        },
      },
      {
        title: { en: 'Wait until the archive has it all', ru: 'Дождаться, пока в архиве будет всё' },
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
      name: { en: 'Most WAL the slot kept for Barman', ru: 'Слот хранил для Barman максимум' },
      value: size(mostKept(samples, lab.backup?.slot ?? '')),
    },
  ],
  lessons: ({ loss }) => [
    {
      en: 'Where Barman has no room, WAL waits on the primary, in the slot. The trouble moves to the disk that matters most.',
      ru: 'Когда у Barman нет места, WAL ждёт на мастере, в слоте. Проблема переходит на самый важный диск.',
    },
    {
      en: 'Room alone may not be enough: pg_receivewal leaves a .partial that is too short, and refuses to go on from it.',
      ru: 'Одного места бывает мало: pg_receivewal оставляет слишком короткий .partial и отказывается с него продолжать.',
    },
    {
      en: `The slot gives WAL up only when it is confirmed. Commits lost: ${loss.lost.length}.`,
      ru: `Слот отпускает WAL только после подтверждения. Потеряно транзакций: ${loss.lost.length}.`,
    },
  ],
}

async function fill(stage: LiveStage, backup: BackupNode): Promise<void> {
  const { streaming } = await foldersOf(stage, backup)
  await stopReceiveWal(stage.guest, backup)
  await asRoot(stage, backup, FILL, [streaming])
  await barmanCron(backup, stage.guest)
}

async function empty(stage: Stage, backup: BackupNode): Promise<void> {
  const { streaming, wals } = await foldersOf(stage, backup)
  await stopReceiveWal(stage.guest, backup)
  await asRoot(stage, backup, EMPTY, [streaming, wals])
}

/** What fits into the file it is at still comes; the next one has no room. */
async function untilGivenUp(stage: LiveStage, backup: BackupNode, note: Progress['note']): Promise<void> {
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
  const output = await guest.shell(backup, ['sh', '-c', script, 'sh', ...words], {
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

import type { ExamFault } from '../exam-fault.ts'
import { backupUnscheduled } from './backup-unscheduled.ts'
import { barmanPassword } from './barman-password.ts'
import { barmanSuperuser } from './barman-superuser.ts'
import { barmanWithoutRights } from './barman-without-rights.ts'
import { brokenLine } from './broken-line.ts'
import { clockAhead } from './clock-ahead.ts'
import { commitsWait } from './commits-wait.ts'
import { cronStopped } from './cron-stopped.ts'
import { deafServer } from './deaf-server.ts'
import { folderNotWritable } from './folder-not-writable.ts'
import { foreignCertificate } from './foreign-certificate.ts'
import { hbaOwnerMissing } from './hba-owner-missing.ts'
import { hbaStandbyRejected } from './hba-standby-rejected.ts'
import { hbaTrust } from './hba-trust.ts'
import { hbaWithoutTls } from './hba-without-tls.ts'
import { littleMemory } from './little-memory.ts'
import { otherTimeZone } from './other-time-zone.ts'
import { readablePassfile } from './readable-passfile.ts'
import { replayDelayed } from './replay-delayed.ts'
import { replayPaused } from './replay-paused.ts'
import { replicaPassword } from './replica-password.ts'
import { replicaWithoutReplication } from './replica-without-replication.ts'
import { slotDropped } from './slot-dropped.ts'
import { slotLeftBehind } from './slot-left-behind.ts'
import { slotUnused } from './slot-unused.ts'
import { smallBuffers } from './small-buffers.ts'
import { standbyPromoted } from './standby-promoted.ts'
import { standbyStopped } from './standby-stopped.ts'
import { uncheckedServer } from './unchecked-server.ts'
import { waitsForRestart } from './waits-for-restart.ts'
import { walSegmentMissing } from './wal-segment-missing.ts'
import { walUncompressed } from './wal-uncompressed.ts'
import { weakHashes } from './weak-hashes.ts'
import { wrongApplicationName } from './wrong-application-name.ts'
import { wrongBackupSource } from './wrong-backup-source.ts'

/** Every fault, by its id: a seed draws from this order. A new one: write its file, list it here. */
export const EXAM_FAULTS: readonly ExamFault[] = [
  backupUnscheduled,
  barmanPassword,
  barmanSuperuser,
  barmanWithoutRights,
  brokenLine,
  clockAhead,
  commitsWait,
  cronStopped,
  deafServer,
  folderNotWritable,
  foreignCertificate,
  hbaOwnerMissing,
  hbaStandbyRejected,
  hbaTrust,
  hbaWithoutTls,
  littleMemory,
  otherTimeZone,
  readablePassfile,
  replayDelayed,
  replayPaused,
  replicaPassword,
  replicaWithoutReplication,
  slotDropped,
  slotLeftBehind,
  slotUnused,
  smallBuffers,
  standbyPromoted,
  standbyStopped,
  uncheckedServer,
  waitsForRestart,
  walSegmentMissing,
  walUncompressed,
  weakHashes,
  wrongApplicationName,
  wrongBackupSource,
]

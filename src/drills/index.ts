import { backupOutage } from './backup-outage.ts'
import { corruption } from './corruption.ts'
import { diskFull } from './disk-full.ts'
import type { Drill } from './drill.ts'
import { droppedDatabase } from './dropped-database.ts'
import { failover } from './failover.ts'
import { pitr } from './pitr.ts'
import { slaveOutage } from './slave-outage.ts'
import { slotOverflow } from './slot-overflow.ts'
import { splitBrain } from './split-brain.ts'
import { switchover } from './switchover.ts'

/** Every drill, in the order they are listed: the mild ones first. A new one: write its file, list it here. */
export const DRILLS: readonly Drill[] = [
  slaveOutage,
  backupOutage,
  slotOverflow,
  diskFull,
  switchover,
  failover,
  splitBrain,
  corruption,
  pitr,
  droppedDatabase,
]

import type { LiveLab } from '../../observe/live-lab.ts'
import type { Note } from '../../tasks/index.ts'
import type { Vagrant } from '../../tools/vagrant/vagrant.ts'
import type { SavedMachine, Snapshot } from './record.ts'

export interface SnapshotLab extends LiveLab {
  readonly vagrant: Vagrant
}

/** How machines of one kind are kept as they are, and brought back. */
export interface SnapshotWay {
  /** @param what.order names of the machines: each must stand still before the next. Afterwards they may be stopped. */
  save(
    live: SnapshotLab,
    what: { readonly name: string; readonly order: readonly string[] },
    note: Note,
  ): Promise<readonly SavedMachine[]>
  /** What the machines are now is lost. @returns whether they were started */
  restore(live: SnapshotLab, snapshot: Snapshot, note: Note): Promise<{ readonly isRunning: boolean }>
  remove(live: SnapshotLab, snapshot: Snapshot): Promise<void>
  /** Once the machines are gone: removes what `remove` had to leave to them. Left out where it leaves nothing. */
  sweep?(live: SnapshotLab): Promise<void>
  /** Of the computer's disk; `undefined` where nobody says. */
  bytesOf(live: SnapshotLab, snapshot: Snapshot): Promise<number | undefined>
}

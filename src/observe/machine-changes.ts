import type { LabNode, MachineSize } from '../lab.ts'

/** A machine that is there, and another size it is to have. */
export interface Resize {
  readonly node: LabNode
  readonly from: MachineSize
  readonly to: MachineSize
  /** Its memory and processors change while it runs; else it is restarted. */
  readonly isLive: boolean
}

/** A machine that Vagrant has made and the config no longer has. */
export interface GoneMachine {
  readonly name: string
  /** `undefined` when neither it nor the files that were written last tell. */
  readonly role: 'master' | 'slave' | 'backup' | undefined
  /** Slot it streams through, where it is known. */
  readonly slot: string | undefined
  readonly addresses: readonly string[]
  /** It answers, and is a primary today. */
  readonly isPrimary: boolean
  /** It answers, and is a standby to which WAL comes. */
  readonly isStreaming: boolean
  readonly answers: boolean
}

/** Names the folder into which each system writes its row. */
export const RESULTS = 'PG_LAB_MATRIX_RESULTS'

/** What was seen of one system. A member that is missing was not reached. */
export interface Row {
  readonly system: string
  /** As the server and Barman tell it: `15.14`. */
  readonly postgres: string
  readonly barman: string
  /** From no machine to verified, in seconds; the image of the machines was there. */
  readonly coldS: number
  /** Sum over all hosts of the second run's `changed=`. */
  readonly changed: number
  /** How long no write was accepted when the master's process was killed: `2.3 s`. */
  readonly rto: string
  /** Whether a dropped table came back as it was a second before, from a backup and WAL. */
  readonly restored: 'yes'
}

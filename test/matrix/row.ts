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
}

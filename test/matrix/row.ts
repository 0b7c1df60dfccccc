/** Names the folder into which each cell writes its row. */
export const RESULTS = 'PG_LAB_MATRIX_RESULTS'

/** Names the cells that are wanted: `2.19:debian-13`, with commas between them. */
export const CELLS = 'PG_LAB_MATRIX_CELLS'

/** What was seen of one cell. A member that is missing was not reached. */
export interface Row {
  /** Versions of the control host, as its programs tell them. */
  readonly ansible: string
  readonly python: string
  readonly vagrant: string
  readonly docker: string
  readonly node: string
  readonly system: string
  /** As the server and Barman tell it: `15.14`. */
  readonly postgres: string
  readonly barman: string
  /** From no machine to verified, in seconds; the image of the machines was there. */
  readonly coldS: number
  /** Sum over all hosts of `changed=`: of a second `up`, and of `ansible-playbook` by hand. */
  readonly changed: number
  readonly changedByHand: number
  /** From no machine to a verified lab by `vagrant up` alone. */
  readonly plain: 'yes'
  /** There and back. */
  readonly switchover: 'yes'
  /** How long no write was accepted when the master's process was killed: `2.3 s`. */
  readonly rto: string
  /** Whether a dropped table came back as it was a second before, from a backup and WAL. */
  readonly restored: 'yes'
}

/** What one check, drill or report saw on one node: the single currency between them. */
export interface Finding {
  /** Id of the check that made it, e.g. `slots`. */
  readonly check: string
  /** Name of the node it was seen on. */
  readonly node: string
  /** What was looked at, in a few words: `slot slave_slot is active`. */
  readonly what: string
  readonly expected: string
  readonly observed: string
  readonly ok: boolean
  /**
   * It could not be asked, and why, in one word: the name of a node that does not answer, or `primary` where there is not
   * exactly one. Several checks meet the same cause.
   */
  readonly unasked?: string
  /** On failure: the likely cause, and a remedy that works when pasted. */
  readonly hint?: string
  /** The command that showed it, as a person would type it on the node. */
  readonly command?: string
  /** The raw output of that command. */
  readonly output?: string
}

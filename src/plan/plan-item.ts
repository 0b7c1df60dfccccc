/**
 * What happens. `keep`: it stays, though the config no longer names it. `recreate`: a machine is deleted and made again. `inspect`: it does not answer, so nobody can say yet.
 * `refuse`: `up` stops before it touches anything.
 */
export type PlanAction =
  | 'write'
  | 'merge'
  | 'create'
  | 'start'
  | 'recreate'
  | 'reload'
  | 'restart'
  | 'add'
  | 'change'
  | 'remove'
  | 'keep'
  | 'inspect'
  | 'refuse'

/** One thing that `up` would do, or refuses to do. */
export interface PlanItem {
  readonly kind: 'file' | 'machine' | 'server'
  /** The machine it concerns; files concern none. */
  readonly node?: string
  readonly action: PlanAction
  readonly text: string
  /** Of a refusal: what to do instead. */
  readonly hint?: string
}

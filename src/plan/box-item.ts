import type { BoxSource } from '../doctor/index.ts'
import type { PlanItem } from './plan-item.ts'

/** Where the box of the machines to be made comes from, before the first of them. */
export function withBox(items: readonly PlanItem[], source: BoxSource, name: string): readonly PlanItem[] {
  const first = items.findIndex(isMadeMachine)
  if (first === -1) return items
  const item: PlanItem = { kind: 'machine', action: 'create', text: describeSource(source, name) }
  return [...items.slice(0, first), item, ...items.slice(first)]
}

/** Whether a machine is made by it, from a box. */
export function isMadeMachine({ kind, action }: PlanItem): boolean {
  return kind === 'machine' && (action === 'create' || action === 'recreate')
}

function describeSource(source: BoxSource, name: string): string {
  switch (source.from) {
    case 'here':
      return `from the box ${source.box.name} ${source.box.version}, which is here`
    case 'address':
      return `from the box ${name}, fetched from ${source.address}`
    case 'packages': {
      const why = source.silent === undefined ? '' : `: ${source.silent} has no ${name} for us`
      return `from the box ${source.own}, which is made here first${why}`
    }
    case 'stranger':
      return `from no box yet: somebody else has made the ${source.box.name} that is here (npx create-pg-lab doctor)`
    case 'nowhere':
      return `from no box yet: nobody has ${name}, and it cannot be made here (npx create-pg-lab doctor)`
  }
}

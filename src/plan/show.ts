import type { Paint } from '../paint.ts'
import { duration } from '../tasks/task.ts'
import type { Applying } from './nothing-to-apply.ts'
import type { PlanAction, PlanItem } from './plan-item.ts'

/** So many files are named; of more only their number is shown. */
const MAX_FILES = 8

const HEADINGS: Readonly<Record<PlanItem['kind'], string>> = {
  file: 'Files',
  machine: 'Machines',
  server: 'Servers, in this order',
}

const STYLES: Partial<Record<PlanAction, Parameters<Paint>[0]>> = {
  refuse: 'red',
  remove: 'red',
  recreate: 'red',
  restart: 'yellow',
  add: 'green',
  create: 'green',
}

/** Why Ansible need not run. */
export function appliedBefore({ agoMs }: { readonly agoMs: number }): string {
  return `Nothing to apply: the servers hold what the last run applied, ${duration(agoMs)} ago. To run Ansible all the same: npx create-pg-lab provision`
}

/** The plan in words. @param applying whether `up` would run Ansible */
export function showPlanItems(items: readonly PlanItem[], applying: Applying, paint: Paint): string {
  const ansible = 'why' in applying ? `up runs Ansible: ${applying.why}` : appliedBefore(applying)
  if (items.length === 0)
    return `Nothing to do: files, machines and servers are as the config asks.\n${ansible}`
  const refused = items.filter(({ action }) => action === 'refuse')
  if (refused.length > 0) {
    const lines = refused.flatMap((item) => [
      `  ${where(item, paint)}${item.text}`,
      ...(item.hint ? [`    ${paint('cyan', '→')} ${item.hint}`] : []),
    ])
    return [`${paint('red', '✖')} up would refuse this and change nothing`, '', ...lines].join('\n')
  }
  const kinds = ['file', 'machine', 'server'] as const
  const sections = kinds.flatMap((kind) =>
    section(
      items.filter((item) => item.kind === kind),
      kind,
      paint,
    ),
  )
  return [...sections, 'Do it: npx create-pg-lab up'].join('\n')
}

function where({ node }: PlanItem, paint: Paint): string {
  return node ? `${paint('bold', node)}  ` : ''
}

function section(items: readonly PlanItem[], kind: PlanItem['kind'], paint: Paint): readonly string[] {
  if (items.length === 0) return []
  const told = kind === 'file' && items.length > MAX_FILES ? sumsOf(items) : items
  const width = Math.max(...told.map(({ action }) => action.length))
  const nodeWidth = Math.max(...told.map(({ node = '' }) => node.length))
  const lines = told.map(({ action, node = '', text }) => {
    const verb = action.padEnd(width)
    const style = STYLES[action]
    const name = nodeWidth > 0 ? `${paint('bold', node.padEnd(nodeWidth))}  ` : ''
    return `  ${style ? paint(style, verb) : verb}  ${name}${text}`
  })
  return [paint('bold', HEADINGS[kind]), ...lines, '']
}

/** Of a new lab nobody reads fifty paths. */
function sumsOf(items: readonly PlanItem[]): readonly PlanItem[] {
  const actions = [...new Set(items.map(({ action }) => action))]
  return actions.map((action) => {
    const [first, second, ...others] = items.filter((item) => item.action === action).map(({ text }) => text)
    const named = [first, second].filter(Boolean).join(', ')
    const text = others.length === 0 ? named : `${others.length + 2} files: ${named}, …`
    return { kind: 'file', action, text }
  })
}

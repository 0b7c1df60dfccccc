import type { WriteResult } from '../generate/write/write.ts'
import type { PlanItem } from './plan-item.ts'

/** What happens to the lab's files. */
export function fileItems({ written, merged, removed, conflicts }: WriteResult): readonly PlanItem[] {
  const items = (paths: readonly string[], action: PlanItem['action']) =>
    paths.map((path): PlanItem => ({ kind: 'file', action, text: path }))
  return [
    ...conflicts.map(
      ({ path }): PlanItem => ({
        kind: 'file',
        action: 'refuse',
        text: `${path}: you and the config changed the same lines`,
        hint: 'npx create-pg-lab generate shows them, and the ways on',
      }),
    ),
    ...items(written, 'write'),
    ...items(merged, 'merge'),
    ...items(removed, 'remove'),
  ]
}

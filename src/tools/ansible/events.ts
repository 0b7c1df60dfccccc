import { printable } from '../../paint.ts'

/** Counts of tasks on one host, as Ansible's recap gives them. */
export interface HostRecap {
  readonly ok: number
  readonly changed: number
  readonly unreachable: number
  readonly failed: number
  readonly skipped: number
}

type TaskStatus = 'ok' | 'changed' | 'failed' | 'skipped' | 'unreachable'

/** What provisioning/support/callback_plugins/pg_lab_events.py tells. */
export type AnsibleEvent =
  | { readonly event: 'start'; readonly total: number }
  /** A task begins on a host; it is the index-th of all, whose number grows as files are included. */
  | {
      readonly event: 'task'
      readonly host: string
      readonly task: string
      readonly index: number
      readonly total: number
    }
  | {
      readonly event: 'result'
      readonly host: string
      readonly task: string
      readonly status: TaskStatus
      /** Why, when it failed or the host is unreachable; several lines perhaps. */
      readonly message?: string
    }
  /** A task that does nothing but tell something. */
  | { readonly event: 'said'; readonly host: string; readonly message: string }
  | { readonly event: 'stats'; readonly hosts: Readonly<Record<string, HostRecap>> }

/** @returns `undefined` for a line that is no event of ours */
export function parseEvent(line: string): AnsibleEvent | undefined {
  try {
    const event: unknown = JSON.parse(line, (_key, value) =>
      typeof value === 'string' ? showable(value) : value,
    )
    return isEvent(event) ? event : undefined
  } catch {
    return undefined
  }
}

function isEvent(value: unknown): value is AnsibleEvent {
  return typeof value === 'object' && value !== null && 'event' in value
}

/** Messages come from the guests, with whatever their tools print. */
function showable(text: string): string {
  return text.split('\n').map(printable).join('\n')
}

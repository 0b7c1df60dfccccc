import { type Lab, nodesOf } from '../../lab.ts'
import { forgetFormer } from '../../operations/rotate-passwords.ts'
import { later, type Progress, type Task, type ValueTask, valueTask } from '../../tasks/index.ts'
import type { ExtraVars, PlaybookResult } from '../../tools/ansible/ansible.ts'
import type { AnsibleEvent, HostRecap } from '../../tools/ansible/events.ts'
import type { Session } from '../shared/session.ts'
import { removeMarks } from './marks.ts'

/** More rows than these do not fit a small screen. */
const MAX_HOST_ROWS = 5

/** Counts of each host, as soon as Ansible has printed them. */
export type Recap = Readonly<Record<string, HostRecap>>

/**
 * Runs the playbook, with a row a host where they fit. Its value is Ansible's counts.
 */
export function provisionMachines(session: Session, extraVars?: ExtraVars): ValueTask<Recap> {
  const hosts = nodesOf(session.lab).map(({ name }) => name)
  const title = 'Provision'
  if (hosts.length > MAX_HOST_ROWS) {
    return valueTask(title, (progress) => provisionInOneRow(session, progress, extraVars))
  }
  const { promise: value, resolve } = later<Recap>()
  return { title, value, concurrent: true, tasks: async () => hostRows(session, hosts, resolve, extraVars) }
}

async function runPlaybook(
  session: Session,
  extraVars: ExtraVars | undefined,
  onEvent: (event: AnsibleEvent) => void,
): Promise<PlaybookResult> {
  const ansible = await import('../../tools/ansible/ansible.ts')
  const { context, directory, logs } = session
  await removeMarks(session)
  const result = await ansible.runPlaybook({
    directory,
    run: context.run,
    logFile: logs.file('ansible'),
    ...(extraVars ? { extraVars } : {}),
    onEvent,
  })
  forgetFormer(directory) // the servers have the passwords of this computer now
  return result
}

/** Ansible puts the role in front of a task's name; the name says enough. */
function place({ task, index, total }: Extract<AnsibleEvent, { event: 'task' }>): string {
  return `${task.replace(/^[\w.]+ : /, '')} · ${index}/${total}`
}

async function provisionInOneRow(session: Session, progress: Progress, extraVars: ExtraVars | undefined) {
  const { recap } = await runPlaybook(session, extraVars, (event) => {
    if (event.event === 'task') progress.note(`${event.host}: ${place(event)}`)
  })
  return { value: recap, said: showRecap(recap, session.lab) }
}

/** One playbook behind several rows: each shows its own host, and only those that failed are marked so. */
function hostRows(
  session: Session,
  hosts: readonly string[],
  settle: (recap: Recap) => void,
  extraVars: ExtraVars | undefined,
): readonly Task[] {
  const rows = new Map<string, Progress>()
  const failed = new Set<string>()
  const playbook = runPlaybook(session, extraVars, (event) => {
    if (event.event === 'task') rows.get(event.host)?.note(place(event))
    if (event.event === 'result' && event.message !== undefined) failed.add(event.host)
  }).then(({ recap }) => {
    settle(recap)
    return recap
  })
  return hosts.map((host) => ({
    title: host,
    run: async (progress) => {
      rows.set(host, progress)
      const recap = await playbook.catch((error: unknown) => {
        if (failed.size === 0 || failed.has(host)) throw error
      })
      return recap ? `changed=${recap[host]?.changed ?? 0}` : 'stopped'
    },
  }))
}

/** `master changed=12 · slave changed=9`, in the lab's order. */
export function showRecap(recap: Recap, lab: Lab): string {
  return nodesOf(lab)
    .map(({ name }) => `${name} changed=${recap[name]?.changed ?? 0}`)
    .join(' · ')
}

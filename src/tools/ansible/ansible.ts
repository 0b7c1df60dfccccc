import { join } from 'node:path'
import { CommandError } from '../../errors.ts'
import { LAB_FILES } from '../../lab-files.ts'
import { withoutUsersAnsible } from '../process/environment.ts'
import type { Command, Runner } from '../runner.ts'
import { controlFolder } from '../ssh/ssh-config.ts'
import { type AnsibleEvent, type HostRecap, parseEvent } from './events.ts'
import { hintFor } from './hints.ts'

export interface PlaybookOptions {
  /** The lab's folder. */
  readonly directory: string
  readonly run: Runner
  /** Gets ansible's output, whole, as a person would have seen it. */
  readonly logFile: string
  /** Path from the lab's folder; `provisioning/site.yml` when left out. */
  readonly playbook?: string
  /** Path from the lab's folder; `provisioning/inventory.yml` when left out. */
  readonly inventory?: string
  /** Hosts or groups to act on; all when left out. */
  readonly limit?: readonly string[]
  readonly tags?: readonly string[]
  /** Variables of this run that win over all others and are no secrets. Their texts are never taken for templates. */
  readonly extraVars?: ExtraVars
  readonly onEvent?: (event: AnsibleEvent) => void
}

export type ExtraVars = Readonly<Record<string, string | boolean>>

/** What a playbook run came to. */
export interface PlaybookResult {
  readonly recap: Readonly<Record<string, HostRecap>>
}

/** A task that failed for good on one host. */
interface Failure {
  readonly host: string
  readonly task: string
  readonly message: string
}

/**
 * Runs the lab's playbook and reports what it does meanwhile.
 * @throws CommandError with host, task and Ansible's own message when a host fails or cannot be reached
 */
export async function runPlaybook(options: PlaybookOptions): Promise<PlaybookResult> {
  controlFolder()
  const failures = new Map<string, Failure>()
  let recap: Readonly<Record<string, HostRecap>> = {}
  const take = (event: AnsibleEvent) => {
    if (event.event === 'stats') recap = event.hosts
    if (event.event === 'result' && event.message !== undefined) {
      failures.set(event.host, { host: event.host, task: event.task, message: event.message })
    }
    options.onEvent?.(event)
  }
  try {
    await options.run(playbookCommand(options, take))
  } catch (error) {
    if (!(error instanceof CommandError) || error.exitCode === undefined) throw error
    throw explain(error, [...failures.values()].filter(isFinal(recap)))
  }
  return { recap }
}

function playbookCommand(options: PlaybookOptions, take: (event: AnsibleEvent) => void): Command {
  const { directory, playbook = 'provisioning/site.yml', inventory = 'provisioning/inventory.yml' } = options
  return {
    file: 'ansible-playbook',
    args: [
      ...['-i', inventory],
      ...(options.limit ? ['--limit', options.limit.join(',')] : []),
      ...(options.tags ? ['--tags', options.tags.join(',')] : []),
      ...(options.extraVars ? ['--extra-vars', extraVarsText(options.extraVars)] : []),
      playbook,
    ],
    cwd: directory,
    logFile: options.logFile,
    env: {
      ...withoutUsersAnsible(),
      ANSIBLE_CONFIG: join(directory, 'ansible.cfg'), // named, for ansible ignores it in a world-writable folder
      ANSIBLE_SSH_ARGS: `-F ${LAB_FILES.sshConfig.path}`,
      ANSIBLE_HOST_KEY_CHECKING: 'True', // as the ssh configuration says; False would win over it
      ANSIBLE_CALLBACKS_ENABLED: 'pg_lab_events',
      ANSIBLE_CALLBACK_PLUGINS: join(directory, 'provisioning', 'support', 'callback_plugins'),
      ANSIBLE_STDOUT_CALLBACK: 'default',
      ANSIBLE_NOCOLOR: '1',
      PG_LAB_EVENTS_FD: '3',
    },
    onLine: (line, stream) => {
      const event = stream === 'events' ? parseEvent(line) : undefined
      if (event) take(event)
    },
  }
}

/**
 * Ansible evaluates whatever looks like a template, also in a variable of the command line: `{{ lookup('pipe', …) }}` in
 * a name that a server said would run here. `!unsafe` makes it data, on every version.
 * https://docs.ansible.com/ansible/latest/playbook_guide/playbooks_advanced_syntax.html#unsafe-or-raw-strings
 */
function extraVarsText(extraVars: ExtraVars): string {
  const entries = Object.entries(extraVars).map(([name, value]) => {
    return `${JSON.stringify(name)}: ${typeof value === 'string' ? `!unsafe ${yamlString(value)}` : value}`
  })
  return `{${entries.join(', ')}}`
}

/** JSON, whose every string YAML reads alike, without the characters that YAML wants escaped. */
function yamlString(text: string): string {
  const escaped = (sign: string) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`
  return JSON.stringify(text).replace(/[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g, escaped)
}

/** A failure that a `rescue` caught is none: then the recap counts nothing. Without a recap all of them count. */
function isFinal(recap: Readonly<Record<string, HostRecap>>): (failure: Failure) => boolean {
  return ({ host }) => {
    const counts = recap[host]
    return counts === undefined || counts.failed > 0 || counts.unreachable > 0
  }
}

function explain(error: CommandError, failures: readonly Failure[]): CommandError {
  const [first] = failures
  const text = first ? failures.map(({ message }) => message).join('\n') : error.lastLines.join('\n')
  return new CommandError(first ? sentence(first, failures.length - 1) : error.message, {
    command: error.command,
    exitCode: error.exitCode,
    lastLines: first
      ? failures.flatMap(({ host, message }) => message.split('\n').map((l) => `${host}: ${l}`))
      : error.lastLines,
    logFile: error.logFile,
    hint: hintFor(text),
    cause: error,
  })
}

function sentence({ host, task, message }: Failure, others: number): string {
  const more = others > 0 ? ` (and ${others} more ${others === 1 ? 'host' : 'hosts'})` : ''
  return `${host}: ${task}: ${message.split('\n')[0]}${more}`
}

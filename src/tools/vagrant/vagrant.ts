import type { ProviderName } from '../../catalog/names.ts'
import { CommandError } from '../../errors.ts'
import { WITHOUT_USERS_VAGRANT } from '../process/environment.ts'
import type { Output, Runner } from '../runner.ts'
import { createStory } from './errors.ts'
import { parseVagrantLine, plainText, type VagrantLine } from './machine-readable.ts'

/** The keys that come with Vagrant (keys/vagrant.pub.rsa, keys/vagrant.pub.ed25519): everybody has their other half. */
export const KEYS_OF_EVERYBODY = [
  'AAAAB3NzaC1yc2EAAAABIwAAAQEA6NF8iallvQVp22WDkTkyrtvp9eWW6A8YVr',
  'AAAAC3NzaC1lZDI1NTE5AAAAIN1YdxBpNlzxDqfJyw/QKow1F+wvG9hXGoqiysfJOn5Y',
]

/** Something happened to a machine while `vagrant up` runs. */
export interface VagrantEvent {
  readonly machine: string
  /** `action`: a step began or ended (`up start`); `ui`: a sentence for people. */
  readonly kind: 'action' | 'ui'
  readonly text: string
}

export interface MachineStatus {
  readonly name: string
  /** Vagrant's word: `running`, `poweroff`, `stopped`, `not_created`, … */
  readonly state: string
  readonly provider: string
}

export interface Vagrant {
  /**
   * Boots machines, side by side where the provider can, and provisions none.
   * @param options.machines all of them when left out
   */
  up(options: {
    provider: ProviderName
    machines?: readonly string[]
    onEvent?: (event: VagrantEvent) => void
  }): Promise<void>
  /** @param machines all of them when left out */
  halt(options?: { machines?: readonly string[] }): Promise<void>
  /** Restarts machines with what the Vagrantfile says now, and provisions none. */
  reload(options: { machines: readonly string[] }): Promise<void>
  /** @param machines all of them when left out */
  destroy(options?: { machines?: readonly string[] }): Promise<void>
  /** Of all machines, under one name. `restore` leaves them stopped. Providers that can. */
  snapshot(verb: 'save' | 'restore' | 'delete', name: string): Promise<void>
  /** Costs a second or two: ask once. */
  status(): Promise<readonly MachineStatus[]>
  /** @returns the text of an ssh configuration, one `Host` a running machine */
  sshConfig(): Promise<string>
  /** @throws CommandError when the Vagrantfile is not valid */
  validate(): Promise<void>
}

/**
 * Drives the lab's Vagrantfile.
 * @param directory the lab's folder
 * @param logFile gets the raw output
 * @param env for mirrors and proxies
 * @param vagrantfile another one than `Vagrantfile`, seen from the lab's folder
 */
export function createVagrant({
  directory,
  run,
  logFile,
  env = {},
  vagrantfile = 'Vagrantfile',
}: {
  readonly directory: string
  readonly run: Runner
  readonly logFile: string
  readonly env?: Readonly<Record<string, string>>
  readonly vagrantfile?: string
}): Vagrant {
  const vagrant = async (
    args: readonly string[],
    onLine: (line: VagrantLine) => void = () => {},
  ): Promise<Output> => {
    const story = createStory()
    try {
      return await run({
        file: 'vagrant',
        args: [...args],
        cwd: directory,
        logFile,
        env: {
          ...WITHOUT_USERS_VAGRANT,
          ...env,
          VAGRANT_CWD: directory,
          VAGRANT_VAGRANTFILE: vagrantfile,
          VAGRANT_CHECKPOINT_DISABLE: '1',
        },
        onLine: (text) => {
          const line = parseVagrantLine(text)
          story.add(text, line)
          if (line) onLine(line)
        },
      })
    } catch (error) {
      throw error instanceof CommandError && error.exitCode !== undefined ? story.explain(error) : error
    }
  }

  return {
    up: async ({ provider, machines = [], onEvent = () => {} }) => {
      const args = ['up', '--no-provision', '--machine-readable', '--provider', provider, ...machines]
      await vagrant(args, (line) => {
        for (const event of eventsOf(line)) onEvent(event)
      })
    },
    halt: async ({ machines = [] } = {}) => {
      await vagrant(['halt', '--machine-readable', ...machines])
    },
    reload: async ({ machines }) => {
      await vagrant(['reload', '--no-provision', '--machine-readable', ...machines])
    },
    destroy: async ({ machines = [] } = {}) => {
      await vagrant(['destroy', '--force', '--machine-readable', ...machines])
    },
    snapshot: async (verb, name) => {
      const options = verb === 'restore' ? ['--no-provision', '--no-start'] : []
      await vagrant(['snapshot', verb, '--machine-readable', ...options, name])
    },
    status: async () => {
      const lines: VagrantLine[] = []
      await vagrant(['status', '--machine-readable'], (line) => lines.push(line))
      return statusOf(lines)
    },
    // Ruby and plugins may warn before the first host.
    sshConfig: async () => (await vagrant(['ssh-config'])).stdout.replace(/^.*?(?=^Host )/ms, ''),
    validate: async () => {
      await vagrant(['validate', '--machine-readable'])
    },
  }
}

function eventsOf({ machine, type, data }: VagrantLine): readonly VagrantEvent[] {
  if (type === 'action') return [{ machine, kind: 'action', text: data.join(' ') }]
  if (type !== 'ui') return []
  return plainText(data[1] ?? '', machine).map((text) => ({ machine, kind: 'ui', text }))
}

function statusOf(lines: readonly VagrantLine[]): readonly MachineStatus[] {
  const field = (name: string, type: string) =>
    lines.find((line) => line.machine === name && line.type === type)?.data[0]
  return lines
    .filter((line) => line.type === 'state')
    .map(({ machine, data: [state = 'unknown'] }) => ({
      name: machine,
      state,
      provider: field(machine, 'provider-name') ?? '',
    }))
}

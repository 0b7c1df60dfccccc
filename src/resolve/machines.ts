import type { ProviderName } from '../catalog/names.ts'
import type { Config } from '../config/schema.ts'
import type { RoleOf, Seat } from './addresses.ts'
import type { AddProblem } from './problems.ts'

/** A machine of the config with its path, its name filled in. */
export interface ConfigMachine {
  readonly path: string
  readonly name: string
  readonly memory: number
  readonly cpus: number
  readonly seat: Seat
}

type Source = Pick<Config['master'], 'address' | 'memory' | 'cpus'>

/** What a machine is asked for is read from the config only then: another setting of it may be wrong. */
function machine(path: string, source: Source, name: () => string, seat: RoleOf): ConfigMachine {
  return {
    path,
    get name() {
      return name()
    },
    get memory() {
      return source.memory
    },
    get cpus() {
      return source.cpus
    },
    seat: {
      ...seat,
      get address() {
        return source.address
      },
    },
  }
}

/** Every machine, those first that choose their address first. */
export function machinesOf({ master, slaves, backup }: Config): ConfigMachine[] {
  return [
    machine('master', master, () => master.name, { role: 'master' }),
    ...(backup ? [machine('backup', backup, () => backup.name, { role: 'backup' })] : []),
    ...slaves.map((slave, index) => {
      const name = () => slave.name ?? (index === 0 ? 'slave' : `slave${index + 1}`)
      return machine(`slaves[${index}]`, slave, name, { role: 'slave', slave: index })
    }),
  ]
}

/** Sizes against the computer. A container's memory is a limit, a virtual machine's is taken at once. */
export function checkSizes(
  machines: readonly ConfigMachine[],
  provider: ProviderName,
  host: { readonly memoryMb?: number; readonly cpus?: number },
  report: AddProblem,
): string[] {
  if (provider === 'ssh') return [] // they are not on this computer
  const warnings: string[] = []
  const memory = machines.reduce((sum, machine) => sum + machine.memory, 0)
  const cpus = machines.reduce((sum, machine) => sum + machine.cpus, 0)
  if (host.memoryMb !== undefined && memory > host.memoryMb) {
    const message = `${machines.length} machines want ${memory} MB of memory, this computer has ${host.memoryMb} MB`
    if (provider === 'docker') warnings.push(`${message}.`)
    else report('memory', message, 'lower master.memory, slaves[].memory and backup.memory')
  }
  if (host.cpus === undefined) return warnings
  for (const machine of machines.filter((one) => one.cpus > (host.cpus ?? 0))) {
    report(`${machine.path}.cpus`, `${machine.cpus} are more than this computer’s ${host.cpus}`, 'lower it')
  }
  if (cpus > 2 * host.cpus) {
    warnings.push(
      `${machines.length} machines share this computer’s ${host.cpus} processors and will be slow.`,
    )
  }
  return warnings
}

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type ProviderName, VAGRANT_PROVIDERS } from '../../catalog/names.ts'

/** A machine that Vagrant has made. */
export interface MachineRecord {
  readonly name: string
  readonly provider: ProviderName
  /** The provider's own name of it: no two machines ever have the same. */
  readonly id: string
}

/** Where Vagrant keeps what it knows of a machine: its own name of it, and the key that opens it. */
export function machineFolder(directory: string, name: string, provider: ProviderName): string {
  return join(directory, '.vagrant', 'machines', name, provider)
}

/** What Vagrant has made in a lab's folder, read from its own records: it takes no time, and does not say what runs. */
export function machinesIn(directory: string): readonly MachineRecord[] {
  const machines = join(directory, '.vagrant', 'machines')
  if (!existsSync(machines)) return []
  return readdirSync(machines).flatMap((name) =>
    VAGRANT_PROVIDERS.flatMap((provider) => {
      const file = join(machineFolder(directory, name, provider), 'id')
      return existsSync(file) ? [{ name, provider, id: readFileSync(file, 'utf8').trim() }] : []
    }),
  )
}

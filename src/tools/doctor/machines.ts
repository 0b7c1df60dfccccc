import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { PROVIDER_NAMES, type ProviderName } from '../../catalog/contracts.ts'

/** A machine that Vagrant has made. */
export interface Machine {
  readonly name: string
  readonly provider: ProviderName
}

/** What Vagrant has made in a lab's folder, read from its own records: it takes no time, and does not say what runs. */
export function machinesIn(directory: string): readonly Machine[] {
  const machines = join(directory, '.vagrant', 'machines')
  if (!existsSync(machines)) return []
  return readdirSync(machines).flatMap((name) =>
    PROVIDER_NAMES.filter((provider) => existsSync(join(machines, name, provider, 'id'))).map((provider) => ({
      name,
      provider,
    })),
  )
}

import { type ProviderName, VAGRANT_PROVIDERS } from '../catalog/names.ts'
import { easiestProvider, PROVIDERS } from '../catalog/providers/index.ts'
import { UserError } from '../errors.ts'
import { machinesIn } from '../tools/vagrant/machine-records.ts'
import type { Host } from './host.ts'
import { RULES } from './rules/index.ts'

/** A provider, and why it was taken: half a sentence for the screen. */
export interface ProviderChoice {
  readonly provider: ProviderName
  readonly reason: string
}

/**
 * What stands in the way of a provider here. A daemon that we can start does not.
 * @returns half a sentence, or `undefined` when it is usable
 */
async function obstacle(host: Host, provider: ProviderName): Promise<string | undefined> {
  const scope = { provider, lab: undefined }
  for (const rule of RULES.filter((one) => one.provider === provider && one.applies(scope, host))) {
    const sighting = await rule.look(host, scope)
    const canStart = !sighting.ok && sighting.fix && 'start' in sighting.fix
    if (!sighting.ok && !canStart) return `${rule.title}: ${sighting.seen}`
  }
  return undefined
}

/** Of each provider what stands in its way here: half a sentence; one that is usable has none. */
export async function obstaclesHere(host: Host): Promise<ReadonlyMap<ProviderName, string>> {
  const seen = await Promise.all(
    VAGRANT_PROVIDERS.map(async (provider) => [provider, await obstacle(host, provider)] as const),
  )
  return new Map(
    seen.flatMap(([provider, found]) => (found === undefined ? [] : [[provider, found] as const])),
  )
}

async function chooseUsable(host: Host): Promise<ProviderChoice> {
  const obstacles: string[] = []
  for (const provider of VAGRANT_PROVIDERS) {
    const found = await obstacle(host, provider)
    if (found === undefined) return { provider, reason: ['usable here', ...obstacles].join('; ') }
    obstacles.push(found)
  }
  const { provider, reason } = easiestProvider(host.platform.system)
  return { provider, reason: `no provider is usable yet; ${reason}` }
}

/**
 * Decides what a lab's machines run on. A lab that has machines keeps their provider.
 * @param wanted provider of the command line or the config
 * @throws UserError when the lab has machines of another provider than the one wanted
 */
export async function chooseProvider(
  host: Host,
  directory: string | undefined,
  wanted: ProviderName | 'auto',
): Promise<ProviderChoice> {
  const [machine] = directory === undefined ? [] : machinesIn(directory)
  if (machine && wanted !== 'auto' && wanted !== machine.provider) {
    throw new UserError(
      `The lab's machines run on ${PROVIDERS[machine.provider].title}, not on ${PROVIDERS[wanted].title}`,
      {
        hint: `put provider: '${machine.provider}' back, or delete them first, with all that is on them: npx create-pg-lab destroy`,
      },
    )
  }
  if (machine) return { provider: machine.provider, reason: "the lab's machines run on it" }
  if (wanted !== 'auto') return { provider: wanted, reason: 'as asked' }
  return chooseUsable(host)
}

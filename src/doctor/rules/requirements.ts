import type { Provider, ToolRequirement } from '../../catalog/providers/index.ts'
import type { Host } from '../host.ts'
import { howToInstall, isToolName, namesFor } from '../packages.ts'
import { outsideOfRun, releaseOf } from '../range.ts'
import type { Rule, Sighting } from '../rule.ts'
import { isAtLeast, vagrantVersion, versionIn, versionOf } from '../version.ts'
import { seenWith, sightingOf } from './common.ts'

/** Reads `vagrant plugin list`: one `name (1.2.3, global)` a line. */
function pluginVersion(list: string, plugin: string): string | undefined {
  const line = list.split('\n').find((row) => row.startsWith(`${plugin} (`))
  return line && versionIn(line)
}

async function lookForPlugin(host: Host, { program, title, minimum }: ToolRequirement): Promise<Sighting> {
  const list = await host.ask('vagrant', ['plugin', 'list'])
  const version = list && pluginVersion(list.stdout, program)
  if (version && (!minimum || isAtLeast(version, minimum))) {
    return seenWith(version, outsideOfRun(program, version))
  }
  const cause = version ? `${minimum} or newer is needed` : `${title} is not installed`
  const packaged = isToolName(program) && namesFor(program, host.platform.manager) ? program : undefined
  return {
    ok: false,
    seen: version ?? 'not found',
    cause,
    remedy: packaged ? howToInstall(packaged, host.platform) : `vagrant plugin install ${program}`,
    ...(packaged && !version ? { fix: { install: [packaged] } } : {}),
  }
}

/** The Vagrant this version of the program needs is newer than ours. */
async function vagrantTooOld(
  host: Host,
  { title, vagrantFor }: ToolRequirement,
  version: string,
): Promise<Sighting | undefined> {
  const needed = vagrantFor.findLast(({ from }) => isAtLeast(version, from))?.vagrant
  const has = needed && (await vagrantVersion(host))
  if (!needed || !has || isAtLeast(has, needed)) return undefined
  return {
    ok: false,
    seen: version,
    cause: `Vagrant ${has} cannot drive ${title} ${version}`,
    remedy: `install Vagrant ${needed} or newer from https://developer.hashicorp.com/vagrant/install`,
  }
}

/** Vagrant names the releases it drives, and refuses newer ones until its next release. */
function unknownToVagrant({ title, vagrantFor }: ToolRequirement, version: string): string | undefined {
  const last = vagrantFor.at(-1)
  if (!last || isAtLeast(last.from, releaseOf(version, last.from))) return undefined
  return `The newest Vagrant create-pg-lab knows, ${last.vagrant}, drives ${title} up to ${last.from}.`
}

async function lookForProgram(host: Host, requirement: ToolRequirement): Promise<Sighting> {
  const { program, title, versionArgs, minimum } = requirement
  if (!isToolName(program)) throw new Error(`No row for ${program} in doctor/packages.ts`)
  const version = await versionOf(host, program, versionArgs)
  const sighting = sightingOf(host, program, title, version, minimum)
  if (!sighting.ok || !version) return sighting
  const tooOld = await vagrantTooOld(host, requirement, version)
  return tooOld ?? seenWith(version, sighting.warning, unknownToVagrant(requirement, version))
}

/** The rules that a provider's own table of needs makes. */
export function requirementRules(provider: Provider): readonly Rule[] {
  return provider.requires.map((requirement) => ({
    id: requirement.program.toLowerCase(),
    title: requirement.title,
    provider: provider.name,
    applies: (scope) => scope.provider === provider.name,
    look: (host) =>
      requirement.kind === 'program' ? lookForProgram(host, requirement) : lookForPlugin(host, requirement),
  }))
}

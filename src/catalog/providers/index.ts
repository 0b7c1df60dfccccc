import type { ProviderName } from '../names.ts'
import { docker } from './docker.ts'
import { libvirt } from './libvirt.ts'
import { parallels } from './parallels.ts'
import type { Provider } from './provider.ts'
import { ssh } from './ssh.ts'
import { virtualbox } from './virtualbox.ts'
import { vmwareDesktop } from './vmware_desktop.ts'

export type { Provider, ToolRequirement } from './provider.ts'

/** Every provider a lab can run on. To add one: write its file, list it here and in `PROVIDER_NAMES`. */
export const PROVIDERS: { readonly [name in ProviderName]: Provider } = {
  virtualbox,
  libvirt,
  docker,
  vmware_desktop: vmwareDesktop,
  parallels,
  ssh,
}

/** What the machines of a lab can be asked for. */
export function can({ provider }: { readonly provider: ProviderName }): Provider['can'] {
  return PROVIDERS[provider].can
}

/** The provider to install where none is usable yet, and why: half a sentence. */
export function easiestProvider(system: string): {
  readonly provider: ProviderName
  readonly reason: string
} {
  return system === 'linux'
    ? { provider: 'docker', reason: 'docker is the easiest to install here' }
    : { provider: 'virtualbox', reason: 'VirtualBox is free and runs everywhere' }
}

import type { ProviderName } from './contracts.ts'
import { docker } from './providers/docker.ts'
import { libvirt } from './providers/libvirt.ts'
import { parallels } from './providers/parallels.ts'
import type { Provider } from './providers/provider.ts'
import { ssh } from './providers/ssh.ts'
import { virtualbox } from './providers/virtualbox.ts'
import { vmwareDesktop } from './providers/vmware_desktop.ts'

export type { Provider, ToolRequirement } from './providers/provider.ts'

/** Every provider a lab can run on. To add one: write its file, list it here and in `PROVIDER_NAMES`. */
export const PROVIDERS: { readonly [name in ProviderName]: Provider } = {
  virtualbox,
  libvirt,
  docker,
  vmware_desktop: vmwareDesktop,
  parallels,
  ssh,
}

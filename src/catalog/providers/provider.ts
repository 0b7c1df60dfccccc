import type { ProviderName } from '../names.ts'

/** Something a provider needs on the user's computer. The doctor looks for it; nothing here acts. */
export interface ToolRequirement {
  /** Name on PATH, or the plugin's name when `kind` is `vagrant-plugin`. */
  readonly program: string
  readonly kind: 'program' | 'vagrant-plugin'
  /** As people say it. */
  readonly title: string
  /** Arguments that make the program print its version; empty for a plugin (`vagrant plugin list` tells). */
  readonly versionArgs: readonly string[]
  /** Lowest version that works; `undefined` when any does. */
  readonly minimum: string | undefined
  /**
   * The Vagrant a version of this program needs: from `from` on, at least `vagrant`. Ascending by `from`;
   * the last row that is not newer than the program counts.
   */
  readonly vagrantFor: readonly { readonly from: string; readonly vagrant: string }[]
}

/** What one Vagrant provider needs and what it adds to the Vagrantfile. Data only. */
export interface Provider {
  readonly name: ProviderName
  /** As people say it: `VirtualBox`. */
  readonly title: string
  readonly requires: readonly ToolRequirement[]
  /** What sets it apart: whoever has to know asks for this, never for the provider's name. */
  readonly can: {
    /** Vagrant makes its machines; otherwise they were there before the lab, and are their owner's. */
    readonly makeMachines: boolean
    /** Its machines come from an image that we build; otherwise from a Vagrant box, or from nobody. */
    readonly buildImages: boolean
    /** Its box can be made here from the packages of the system, where nobody has one. */
    readonly buildBoxes: boolean
    /** A machine gets other memory and processors while it runs; otherwise it is restarted. */
    readonly resizeInPlace: boolean
    /** Who takes a machine its power and its network, and gives them back. */
    readonly outage: 'docker' | 'in-guest' | 'nobody'
    /** Who keeps a machine as it is at a moment, and brings it back. */
    readonly snapshot: 'docker' | 'vagrant' | 'nobody'
    /** On which systems this computer reaches the machines at their addresses, by `network.mode`; elsewhere ssh alone does. */
    readonly beReached: { readonly [mode in 'host-only' | 'internal']: readonly string[] | 'everywhere' }
  }
  /**
   * Ruby lines (comments too) of the block `config.vm.provider`. They see `v` (the provider), `node` (a row
   * of the table of machines), `lab` (the lab's name) and, where we build the image, `os`. They are ours: no value of the config is in them.
   */
  readonly settings: readonly string[]
  /**
   * Ruby options of `private_network` after `ip:`, by `network.mode`. They see `lab`, `netmask` (dotted)
   * and, where we build the image, `network` (the name of the network).
   */
  readonly network: { readonly [mode in 'host-only' | 'internal']: readonly string[] }
}

/** Of providers whose virtual machines have a network that the computer is in, too, in either mode. */
export const VIRTUAL_MACHINES = {
  makeMachines: true,
  buildImages: false,
  buildBoxes: false,
  resizeInPlace: false,
  outage: 'in-guest',
  snapshot: 'vagrant',
  beReached: { 'host-only': 'everywhere', internal: 'everywhere' },
} as const satisfies Provider['can']

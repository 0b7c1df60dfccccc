/** Providers whose machines Vagrant makes. Real machines first: they are closest to what the servers of a job look like. */
export const VAGRANT_PROVIDERS = ['virtualbox', 'libvirt', 'docker', 'vmware_desktop', 'parallels'] as const

/** Providers a lab can run on; `ssh`: on servers that are there. `auto` is a choice of the config, never of a resolved lab. */
export const PROVIDER_NAMES = [...VAGRANT_PROVIDERS, 'ssh'] as const
export type ProviderName = (typeof PROVIDER_NAMES)[number]

export const OS_NAMES = [
  'debian-11',
  'debian-12',
  'debian-13',
  'debian-14',
  'ubuntu-22.04',
  'ubuntu-24.04',
  'rocky-9',
  'alma-9',
] as const
export type OsName = (typeof OS_NAMES)[number]

/** A new lab gets this one when nobody names any. */
export const DEFAULT_OS = 'debian-13' satisfies OsName

export type Architecture = 'amd64' | 'arm64'

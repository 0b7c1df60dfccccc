/** Providers whose machines Vagrant makes. */
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

/** A Vagrant box. */
export interface Box {
  readonly name: string
  readonly version: string | undefined
  /** Where to fetch it from instead of the box server. */
  readonly url: string | undefined
}

/** What an operating system brings, and where its boxes are. */
export interface Os {
  readonly name: OsName
  /** As people say it: `Debian 12`. */
  readonly title: string
  /** Ansible's `os_family`: names `vars/<family>.yml` and `tasks/install-<family>.yml` in the roles. */
  readonly family: 'Debian' | 'RedHat'
  /** Debian/Ubuntu suite (`bookworm`), or the major release on RHEL (`9`). */
  readonly release: string
  /** PostgreSQL major its own repository carries. */
  readonly postgresVersion: number
  /** Barman its own repository carries, e.g. `3.4`; `undefined` if none. */
  readonly barmanVersion: string | undefined
  /** The Python of its machines, on which Ansible's modules run there. */
  readonly python: string
  /** Whether the ansible-core of its own repository is new enough for our roles (2.14). */
  readonly playsAnsible: boolean
  /** Docker base image, e.g. `debian:12`; `undefined` where the docker provider cannot build a node image. */
  readonly dockerImage: string | undefined
  /** Boxes that exist, by provider, with the architectures each has. */
  readonly boxes: Partial<Record<ProviderName, Box & { readonly architectures: readonly Architecture[] }>>
}

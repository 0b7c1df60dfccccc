import { type Architecture, OS_NAMES, type OsName, type ProviderName } from './names.ts'

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

/** A Vagrant box. */
export interface Box {
  readonly name: string
  readonly version: string | undefined
  /** Where to fetch it from instead of the box server. */
  readonly url: string | undefined
}

type PinnedBox = Box & { readonly architectures: readonly Architecture[] }

const BOTH: readonly Architecture[] = ['amd64', 'arm64']
const AMD64: readonly Architecture[] = ['amd64']

function pinned(name: string, version: string, architectures: readonly Architecture[]): PinnedBox {
  return { name, version, url: undefined, architectures }
}

/** Bento publishes one box for the desktop providers; its libvirt builds ended with 202508.03.0. */
function desktop(box: PinnedBox): Partial<Record<ProviderName, PinnedBox>> {
  return { virtualbox: box, vmware_desktop: box, parallels: box }
}

/**
 * Every operating system a lab can run on.
 * Versions of PostgreSQL and Barman are those of the distribution's own repository (EL 9: AppStream without modules).
 */
export const OPERATING_SYSTEMS: Readonly<Record<OsName, Os>> = {
  'debian-11': {
    name: 'debian-11',
    title: 'Debian 11',
    family: 'Debian',
    release: 'bullseye',
    postgresVersion: 13,
    barmanVersion: '2.12',
    python: '3.9',
    playsAnsible: false,
    dockerImage: 'debian:11',
    boxes: {
      virtualbox: pinned('debian/bullseye64', '11.20241217.1', AMD64),
      libvirt: pinned('debian/bullseye64', '11.20241217.1', AMD64),
      vmware_desktop: pinned('bento/debian-11', '202407.22.0', AMD64),
    },
  },
  'debian-12': {
    name: 'debian-12',
    title: 'Debian 12',
    family: 'Debian',
    release: 'bookworm',
    postgresVersion: 15,
    barmanVersion: '3.4',
    python: '3.11',
    playsAnsible: true,
    dockerImage: 'debian:12',
    boxes: {
      ...desktop(pinned('bento/debian-12', '202510.26.0', BOTH)),
      libvirt: pinned('debian/bookworm64', '12.20250126.1', AMD64),
    },
  },
  'debian-13': {
    name: 'debian-13',
    title: 'Debian 13',
    family: 'Debian',
    release: 'trixie',
    postgresVersion: 17,
    barmanVersion: '3.13',
    python: '3.13',
    playsAnsible: true,
    dockerImage: 'debian:13',
    boxes: {
      ...desktop(pinned('bento/debian-13', '202510.26.0', BOTH)),
      libvirt: pinned('debian/trixie64', '13.20260519.1', AMD64),
    },
  },
  'debian-14': {
    name: 'debian-14',
    title: 'Debian 14',
    family: 'Debian',
    release: 'forky',
    postgresVersion: 18,
    barmanVersion: '3.20',
    python: '3.14',
    playsAnsible: true,
    dockerImage: 'debian:forky', // there is no debian:14 before its release
    // Not released yet: nobody publishes a box of it.
    boxes: {},
  },
  'ubuntu-22.04': {
    name: 'ubuntu-22.04',
    title: 'Ubuntu 22.04',
    family: 'Debian',
    release: 'jammy',
    postgresVersion: 14,
    barmanVersion: '2.17',
    python: '3.10',
    playsAnsible: false,
    dockerImage: 'ubuntu:22.04',
    boxes: {
      ...desktop(pinned('bento/ubuntu-22.04', '202510.26.0', BOTH)),
      libvirt: pinned('bento/ubuntu-22.04', '202502.21.0', AMD64),
    },
  },
  'ubuntu-24.04': {
    name: 'ubuntu-24.04',
    title: 'Ubuntu 24.04',
    family: 'Debian',
    release: 'noble',
    postgresVersion: 16,
    barmanVersion: '3.10',
    python: '3.12',
    playsAnsible: true,
    dockerImage: 'ubuntu:24.04',
    boxes: {
      ...desktop(pinned('bento/ubuntu-24.04', '202510.26.0', BOTH)),
      libvirt: pinned('bento/ubuntu-24.04', '202508.03.0', AMD64),
    },
  },
  'rocky-9': {
    name: 'rocky-9',
    title: 'Rocky Linux 9',
    family: 'RedHat',
    release: '9',
    postgresVersion: 13,
    barmanVersion: undefined,
    python: '3.9',
    playsAnsible: true,
    dockerImage: undefined,
    boxes: {
      ...desktop(pinned('bento/rockylinux-9', '202510.26.0', BOTH)),
      // Bento has none for libvirt; Rocky's own file carries no version that Vagrant could pin.
      libvirt: {
        name: 'rockylinux/9',
        version: undefined,
        url: 'https://dl.rockylinux.org/pub/rocky/9/images/x86_64/Rocky-9-Vagrant-Libvirt.latest.x86_64.box',
        architectures: AMD64,
      },
    },
  },
  'alma-9': {
    name: 'alma-9',
    title: 'AlmaLinux 9',
    family: 'RedHat',
    release: '9',
    postgresVersion: 13,
    barmanVersion: undefined,
    python: '3.9',
    playsAnsible: true,
    dockerImage: undefined,
    boxes: {
      ...desktop(pinned('bento/almalinux-9', '202511.24.0', BOTH)),
      libvirt: pinned('bento/almalinux-9', '202508.03.0', AMD64),
    },
  },
}

/** What a box is called that is made here from the packages of a system. */
export function ownBoxName({ name }: Pick<Os, 'name'>): string {
  return `pg-lab/${name}`
}

/** Systems people still ask for, and why a lab cannot have them. */
export const RETIRED_OS: Readonly<Record<string, { readonly reason: string; readonly replacement: OsName }>> =
  {
    'centos-7': {
      reason: 'CentOS 7 ended on 2024-06-30; its mirrors are gone and PGDG builds nothing for it',
      replacement: 'rocky-9',
    },
    'centos-8': {
      reason: 'CentOS 8 ended on 2021-12-31; its mirrors are gone and PGDG builds nothing for it',
      replacement: 'rocky-9',
    },
  }

/** The service of cron, by Ansible's `os_family`. */
export const CRON_SERVICES: Readonly<Record<Os['family'], string>> = { Debian: 'cron', RedHat: 'crond' }

/** PostgreSQL's own repositories, by Ansible's `os_family`. https://www.postgresql.org/download/linux/ */
export const PGDG: Readonly<
  Record<Os['family'], { readonly url: string; readonly keyUrls: readonly string[] }>
> = {
  Debian: {
    url: 'https://apt.postgresql.org/pub/repos/apt',
    keyUrls: ['https://www.postgresql.org/media/keys/ACCC4CF8.asc'],
  },
  RedHat: {
    url: 'https://download.postgresql.org/pub/repos/yum',
    // The second signs the packages for ARM.
    keyUrls: [
      'https://download.postgresql.org/pub/repos/yum/keys/PGDG-RPM-GPG-KEY-RHEL',
      'https://download.postgresql.org/pub/repos/yum/keys/PGDG-RPM-GPG-KEY-AARCH64-RHEL',
    ],
  },
}

/** Majors whose last fix is out, with its date. https://www.postgresql.org/support/versioning/ */
export const ENDED_POSTGRES: Readonly<Record<number, string>> = {
  12: '2024-11-21',
  13: '2025-11-13',
  14: '2026-11-12',
}

/** Systems whose vendor ships no more fixes, with the day that ended. */
export const ENDED_OS: Partial<Record<OsName, string>> = { 'debian-11': '2026-08-31' }

/** `pgdg` and mirrors install this major in a new lab when the config names none. */
export const DEFAULT_PGDG_VERSION = 18

/** The operating system whose own repository carries a PostgreSQL major, for hints. */
export function osCarrying(postgresVersion: number): Os | undefined {
  return OS_NAMES.map((name) => OPERATING_SYSTEMS[name]).find((os) => os.postgresVersion === postgresVersion)
}

import { quoteForShell } from '../tools/process/quote.ts'
import type { Manager, Platform } from './platform.ts'

/** What a package manager calls a tool. */
interface PackageNames {
  readonly names: readonly string[]
  /** Split off in newer releases only: taken where the manager knows them. */
  readonly ifKnown?: readonly string[]
}

interface Tool {
  readonly packages: { readonly [manager in Manager]?: PackageNames }
  /** Where it is to be had where no package is. */
  readonly home: string
}

const same = (name: string): Tool['packages'] => ({
  apt: { names: [name] },
  dnf: { names: [name] },
  pacman: { names: [name] },
  brew: { names: [name] },
})

/** Every tool we may ask for, under the name its rule uses. */
export const TOOLS = {
  vagrant: {
    packages: { ...same('vagrant'), winget: { names: ['Hashicorp.Vagrant'] } },
    home: 'https://developer.hashicorp.com/vagrant/install',
  },
  ansible: {
    packages: { ...same('ansible'), dnf: { names: ['ansible-core'] } },
    home: 'https://docs.ansible.com/ansible/latest/installation_guide/',
  },
  ssh: {
    packages: {
      apt: { names: ['openssh-client'] },
      dnf: { names: ['openssh-clients'] },
      pacman: { names: ['openssh'] },
      brew: { names: ['openssh'] },
    },
    home: 'https://www.openssh.com/portable.html',
  },
  docker: {
    packages: {
      apt: { names: ['docker.io', 'iptables'], ifKnown: ['docker-cli'] }, // Debian 13 split the client off
      dnf: { names: ['moby-engine'] },
      pacman: { names: ['docker'] },
      brew: { names: ['docker-desktop'] },
      winget: { names: ['Docker.DockerDesktop'] },
    },
    home: 'https://docs.docker.com/engine/install/',
  },
  mmdebstrap: {
    // It checks the signatures of the distribution it builds, which need not be the one it runs on. Whoever is not
    // root needs newuidmap (uidmap), so that the files of an image get other owners than the user.
    packages: {
      apt: { names: ['mmdebstrap', 'uidmap'], ifKnown: ['debian-archive-keyring', 'ubuntu-keyring'] },
    },
    home: 'https://gitlab.mister-muffin.de/josch/mmdebstrap',
  },
  'qemu-img': {
    packages: { apt: { names: ['qemu-utils', 'fdisk', 'e2fsprogs'] } }, // what makes the disk of a box
    home: 'https://www.qemu.org/download/',
  },
  VBoxManage: {
    packages: {
      apt: { names: ['virtualbox'] },
      pacman: { names: ['virtualbox', 'virtualbox-host-dkms'] },
      brew: { names: ['virtualbox'] },
      winget: { names: ['Oracle.VirtualBox'] },
    },
    home: 'https://www.virtualbox.org/wiki/Downloads',
  },
  virsh: {
    packages: {
      apt: { names: ['libvirt-daemon-system', 'libvirt-clients', 'qemu-system-x86', 'qemu-utils'] },
      dnf: { names: ['libvirt', 'qemu-kvm'] },
      pacman: { names: ['libvirt', 'qemu-base', 'dnsmasq'] },
    },
    home: 'https://libvirt.org/',
  },
  'vagrant-libvirt': {
    packages: { apt: { names: ['vagrant-libvirt'] }, dnf: { names: ['vagrant-libvirt'] } },
    home: 'https://vagrant-libvirt.github.io/vagrant-libvirt/installation.html',
  },
  vmrun: { packages: {}, home: 'https://www.vmware.com/products/desktop-hypervisor/workstation-and-fusion' },
  prlctl: { packages: { brew: { names: ['parallels'] } }, home: 'https://www.parallels.com/' },
} satisfies Record<string, Tool>

export type ToolName = keyof typeof TOOLS

export function isToolName(name: string): name is ToolName {
  return Object.hasOwn(TOOLS, name)
}

export function namesFor(tool: ToolName, manager: Manager | undefined): PackageNames | undefined {
  const packages: Tool['packages'] = TOOLS[tool].packages
  return manager === undefined ? undefined : packages[manager]
}

/** The words that install packages, without sudo. */
export function installArgv(manager: Manager, packages: readonly string[]): readonly string[] {
  switch (manager) {
    case 'apt':
      // Another apt may run (a first boot's unattended upgrade): wait for its lock.
      return [
        ...['apt-get', 'install', '-y', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=120'],
        ...packages,
      ]
    case 'dnf':
      return ['dnf', 'install', '-y', ...packages]
    case 'pacman':
      return ['pacman', '-S', '--needed', '--noconfirm', ...packages]
    case 'brew':
      return ['brew', 'install', ...packages]
    case 'winget':
      return ['winget', 'install', ...packages]
  }
}

/** Homebrew refuses to run as root, winget asks by itself. */
export function needsRoot(manager: Manager): boolean {
  return manager === 'apt' || manager === 'dnf' || manager === 'pacman'
}

/** What to type on this computer to get a tool. */
export function howToInstall(tool: ToolName, platform: Platform): string {
  const { manager } = platform
  const packages = namesFor(tool, manager)
  if (manager === undefined || packages === undefined) return `install it from ${TOOLS[tool].home}`
  return asRoot(shortInstall(manager, packages), platform, needsRoot(manager))
}

/**
 * As a person would type it: the flags that only a script needs are left out. What a newer release has split off is
 * named by no older one; there it is recommended, so that comes along.
 */
function shortInstall(manager: Manager, { names, ifKnown }: PackageNames): readonly string[] {
  if (manager === 'apt') {
    return ['apt-get', 'install', ...(ifKnown ? [] : ['--no-install-recommends']), ...names]
  }
  return installArgv(manager, names).filter((word) => word !== '-y' && word !== '--noconfirm')
}

/** @returns a line to paste, with sudo in front where this user needs it */
export function asRoot(argv: readonly string[], platform: Platform, privileged = true): string {
  return quoteForShell(privileged && !platform.isRoot ? ['sudo', ...argv] : argv)
}

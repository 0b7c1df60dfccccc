import { asRoot } from '../packages.ts'
import type { Rule } from '../rule.ts'

/** VirtualBox starts nothing without its kernel driver. */
export const virtualboxDriver: Rule = {
  id: 'virtualbox-driver',
  title: 'VirtualBox kernel driver',
  provider: 'virtualbox',
  applies: ({ provider }, { platform }) => provider === 'virtualbox' && platform.system === 'linux',
  async look(host) {
    if (host.exists('/dev/vboxdrv')) return { ok: true, seen: 'loaded' }
    return {
      ok: false,
      seen: 'not loaded',
      cause: 'no machine can start without /dev/vboxdrv',
      remedy: `${asRoot(['/sbin/vboxconfig'], host.platform)} (with Secure Boot on, its key must be enrolled first)`,
    }
  },
}

/** The system's libvirt answers this user. */
export const libvirtDaemon: Rule = {
  id: 'libvirt-daemon',
  title: 'libvirt daemon',
  provider: 'libvirt',
  applies: ({ provider }) => provider === 'libvirt',
  async look(host) {
    const output = await host.ask('virsh', ['--connect', 'qemu:///system', 'uri'])
    if (output?.exitCode !== 0) {
      const start = asRoot(['systemctl', 'start', 'libvirtd'], host.platform)
      return {
        ok: false,
        seen: 'no answer',
        cause: 'it does not run, or this user is not in the group libvirt',
        remedy: `${start}, or: sudo usermod -aG libvirt ${host.platform.user}, then log in again`,
      }
    }
    if (host.exists('/dev/kvm')) return { ok: true, seen: 'running, with KVM' }
    const warning = 'There is no /dev/kvm: machines are emulated and take minutes to boot.'
    return { ok: true, seen: 'running', warning }
  },
}

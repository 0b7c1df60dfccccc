import { overlap, parseSubnet, type Subnet } from '../../resolve/addresses.ts'
import type { Host } from '../host.ts'
import { asRoot } from '../packages.ts'
import type { Rule } from '../rule.ts'
import { isAtLeast, versionOf } from '../version.ts'

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

const ALLOWED_NETWORKS = '/etc/vbox/networks.conf'

/** Allowed without that file; once it is there, only what it says. */
const ALLOWED_BY_DEFAULT = parseSubnet('192.168.56.0/21')

/** Lines such as `* 10.0.0.0/8 192.168.0.0/16`: https://www.virtualbox.org/manual/ch06.html#network_hostonly */
function allowedNetworks(text: string | undefined): readonly Subnet[] {
  if (text === undefined) return [ALLOWED_BY_DEFAULT]
  const words = text
    .split('\n')
    .flatMap((line) => (line.startsWith('*') ? line.slice(1).trim().split(/\s+/) : []))
  return words.filter((word) => /^\d+\.\d+\.\d+\.\d+\/\d+$/.test(word)).map(parseSubnet)
}

/** Since 6.1.28 VirtualBox gives this computer addresses in allowed networks only. */
export const virtualboxNetworks: Rule = {
  id: 'virtualbox-networks',
  title: 'Networks VirtualBox allows',
  provider: 'virtualbox',
  applies: ({ provider, lab }, { platform }) =>
    provider === 'virtualbox' && lab?.network.mode === 'host-only' && platform.system !== 'win32',
  async look(host, { lab }) {
    const version = await versionOf(host, 'VBoxManage', ['--version'])
    if (!lab || !version || !isAtLeast(version, '6.1.28')) return { ok: true, seen: 'all' }
    const own = parseSubnet(lab.network.subnet)
    const allowed = allowedNetworks(host.read(ALLOWED_NETWORKS))
    if (allowed.some((network) => overlap(network, own) && network.size >= own.size)) {
      return { ok: true, seen: lab.network.subnet }
    }
    return {
      ok: false,
      seen: `not ${lab.network.subnet}`,
      cause: `VirtualBox gives this computer no address there unless ${ALLOWED_NETWORKS} says so`,
      remedy: `set network.mode to 'auto' in cluster.config.ts, or add the line \`* ${lab.network.subnet}\` to ${ALLOWED_NETWORKS}`,
    }
  },
}

/** The same as in the Vagrantfile of libvirt: the file alone can be there on a processor that cannot. */
function hasKvm(host: Host): boolean {
  const processor = host.read('/proc/cpuinfo') ?? ''
  return host.exists('/dev/kvm') && /\b(vmx|svm)\b|^CPU implementer/m.test(processor)
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
    if (hasKvm(host)) return { ok: true, seen: 'running, with KVM' }
    const warning = 'KVM does not work on this processor: machines are emulated and take minutes to boot.'
    return { ok: true, seen: 'running', warning }
  },
}

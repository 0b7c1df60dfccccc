/**
 * `npm run test:vm`: the default lab on real virtual machines of libvirt, emulated where there is no KVM, from a box that
 * it makes itself: no registry is asked. Installs what that needs; root. The last line counts: `N passed, N failed`.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { installTools } from './support/tools.ts'
import { conclude, vitest } from './support/vitest.ts'

/** Program → Debian package; `pg-lab up` says what else is missing. */
const VM_TOOLS: Record<string, string> = {
  vagrant: 'vagrant',
  'ansible-playbook': 'ansible',
  libvirtd: 'libvirt-daemon-system',
  virsh: 'libvirt-clients',
  'qemu-system-x86_64': 'qemu-system-x86',
  'qemu-img': 'qemu-utils',
  dnsmasq: 'dnsmasq-base',
  mmdebstrap: 'mmdebstrap',
  sfdisk: 'fdisk',
  mke2fs: 'e2fsprogs',
}

const results = mkdtempSync(join(tmpdir(), 'pg-lab-vm-'))
const counts = [installTools(VM_TOOLS), vitest('vm', { results })]
rmSync(results, { recursive: true })
conclude(counts)

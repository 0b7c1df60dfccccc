/**
 * The versions of each program pg-lab was run with, oldest first, in as many parts as tell its releases apart. What
 * lies between two of them is held to work; what lies outside has not been seen, and the doctor says so. Empty: never
 * run. docs/doctor.md shows them.
 */
export const RAN: Readonly<Record<string, readonly string[]>> = {
  node: ['20', '22', '24'],
  vagrant: ['2.3.4', '2.3.7', '2.3.8'],
  ansible: ['2.14', '2.19', '2.22'],
  ssh: ['9.2', '10.0', '10.6'],
  docker: ['20.10', '26.1', '28.5'],
  virsh: ['9.0'],
  'vagrant-libvirt': ['0.11'],
  VBoxManage: [],
  vmrun: [],
  'vagrant-vmware-desktop': [],
  prlctl: [],
  'vagrant-parallels': [],
}

/** Releases of Node.js whose last fix is out, with its date. https://nodejs.org/en/about/previous-releases */
export const ENDED_NODE: Readonly<Record<number, string>> = {
  20: '2026-04-30',
  23: '2025-06-01',
  25: '2026-06-01',
}

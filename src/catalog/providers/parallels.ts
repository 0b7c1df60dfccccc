import { type Provider, VIRTUAL_MACHINES } from './provider.ts'

const network = ['netmask: netmask'] as const

export const parallels: Provider = {
  name: 'parallels',
  title: 'Parallels Desktop',
  requires: [
    {
      program: 'prlctl',
      kind: 'program',
      title: 'Parallels Desktop (Pro or Business)',
      versionArgs: ['--version'],
      minimum: '17',
      vagrantFor: [],
    },
    {
      program: 'vagrant-parallels',
      kind: 'vagrant-plugin',
      title: 'the Vagrant plugin vagrant-parallels',
      versionArgs: [],
      minimum: '2.3',
      vagrantFor: [],
    },
  ],
  can: VIRTUAL_MACHINES,
  settings: [
    'v.memory = node[:memory]',
    'v.cpus = node[:cpus]',
    '# Linked clones share one read-only disk: the second and third machine cost seconds and megabytes.',
    'v.linked_clone = true',
    '# Guest tools are for shared folders; this lab has none.',
    'v.check_guest_tools = false',
  ],
  // Parallels has no internal network in its Vagrant plugin: its private networks are host-only in both modes.
  network: { 'host-only': network, internal: network },
}

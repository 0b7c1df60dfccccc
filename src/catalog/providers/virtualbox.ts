import { type Provider, VIRTUAL_MACHINES } from './provider.ts'

export const virtualbox: Provider = {
  name: 'virtualbox',
  title: 'VirtualBox',
  requires: [
    {
      program: 'VBoxManage',
      kind: 'program',
      title: 'VirtualBox',
      versionArgs: ['--version'],
      minimum: '6.1',
      // Each Vagrant release names the VirtualBox releases it drives: plugins/providers/virtualbox/driver/meta.rb.
      vagrantFor: [
        { from: '7.0', vagrant: '2.3.3' },
        { from: '7.1', vagrant: '2.4.2' },
        { from: '7.2', vagrant: '2.4.9' },
      ],
    },
  ],
  can: { ...VIRTUAL_MACHINES, buildBoxes: true, beReached: { 'host-only': 'everywhere', internal: [] } },
  settings: [
    'v.memory = node[:memory]',
    'v.cpus = node[:cpus]',
    'v.gui = false',
    '# Linked clones share one read-only disk: the second and third machine cost seconds and megabytes.',
    'v.linked_clone = true',
    '# Guest additions are for shared folders; this lab has none.',
    'v.check_guest_additions = false',
  ],
  network: {
    'host-only': ['netmask: netmask'],
    internal: [
      'netmask: netmask',
      "# A wire between the machines alone. A host-only network would need the host's consent: VirtualBox",
      '# allows those in 192.168.56.0/21 only, unless /etc/vbox/networks.conf says otherwise.',
      'virtualbox__intnet: lab',
    ],
  },
}

import { type Provider, VIRTUAL_MACHINES } from './provider.ts'

/** A network without a way out is already internal; only the host's own address on it makes it host-only. */
const network = [
  'netmask: netmask',
  'libvirt__network_name: lab',
  '# The addresses are in the table above; a DHCP server would hand out others.',
  'libvirt__dhcp_enabled: false',
  '# Machines and host see each other here; the way to the internet is the management network.',
  'libvirt__forward_mode: "none"',
] as const

export const libvirt: Provider = {
  name: 'libvirt',
  title: 'libvirt (QEMU/KVM)',
  requires: [
    {
      program: 'virsh',
      kind: 'program',
      title: 'libvirt',
      versionArgs: ['--version'],
      minimum: '5.0',
      vagrantFor: [],
    },
    {
      program: 'vagrant-libvirt',
      kind: 'vagrant-plugin',
      title: 'the Vagrant plugin vagrant-libvirt',
      versionArgs: [],
      minimum: '0.7',
      vagrantFor: [],
    },
  ],
  can: { ...VIRTUAL_MACHINES, buildBoxes: true },
  settings: [
    'v.default_prefix = "#{lab}-"',
    'v.memory = node[:memory]',
    'v.cpus = node[:cpus]',
    '# KVM needs a processor that helps it (Intel: vmx, AMD: svm, any of ARM); /dev/kvm can be there without one.',
    '# Then the processor is emulated: slow, but it works.',
    'unless File.exist?("/dev/kvm") && File.read("/proc/cpuinfo").match?(/\\b(vmx|svm)\\b|^CPU implementer/)',
    '  v.driver = "qemu"',
    '  v.cpu_mode = "custom"',
    '  v.cpu_model = "qemu64"',
    'end',
  ],
  network: { 'host-only': network, internal: network },
}

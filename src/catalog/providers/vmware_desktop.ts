import { type Provider, VIRTUAL_MACHINES } from './provider.ts'

const network = ['netmask: netmask'] as const

export const vmwareDesktop: Provider = {
  name: 'vmware_desktop',
  title: 'VMware Fusion or Workstation',
  requires: [
    {
      program: 'vmrun',
      kind: 'program',
      title: 'VMware Fusion or Workstation',
      versionArgs: [],
      minimum: undefined,
      vagrantFor: [],
    },
    {
      program: 'vagrant-vmware-desktop',
      kind: 'vagrant-plugin',
      title: 'the Vagrant plugin vagrant-vmware-desktop (and its Vagrant VMware Utility)',
      versionArgs: [],
      minimum: '3.0',
      vagrantFor: [],
    },
  ],
  can: VIRTUAL_MACHINES,
  settings: [
    'v.gui = false',
    'v.linked_clone = true',
    'v.vmx["memsize"] = node[:memory].to_s',
    'v.vmx["numvcpus"] = node[:cpus].to_s',
    '# Arm guests have a driver for this network card only.',
    'if RbConfig::CONFIG["host_cpu"] =~ /arm64|aarch64/',
    '  v.vmx["ethernet0.virtualdev"] = "vmxnet3"',
    '  v.vmx["ethernet1.virtualdev"] = "vmxnet3"',
    'end',
  ],
  // VMware has no unnamed internal network: its private networks are host-only in both modes.
  network: { 'host-only': network, internal: network },
}

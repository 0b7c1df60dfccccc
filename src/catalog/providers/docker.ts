import type { Provider } from './provider.ts'

/**
 * Does not begin with `vagrant_network`: when any lab is destroyed, Vagrant removes all networks of such names that no
 * machine is in yet, whosever they are.
 * @param subnet `192.168.11.0/24`
 */
export function dockerNetwork(subnet: string): string {
  return `pg-lab_${subnet}`
}

/**
 * To a network that has a name Vagrant only joins the machine. One without it looks for by its addresses, and fails where
 * Docker is 28 or newer and tells `"Config": null` of its own networks. A bridge is this computer's own in both modes.
 */
const network = ['name: network'] as const

export const docker: Provider = {
  name: 'docker',
  title: 'Docker',
  requires: [
    {
      program: 'docker',
      kind: 'program',
      title: 'Docker',
      versionArgs: ['--version'],
      minimum: '20.10',
      vagrantFor: [],
    },
  ],
  // Elsewhere than on Linux, Docker runs in a machine of its own.
  can: {
    makeMachines: true,
    buildImages: true,
    buildBoxes: false,
    resizeInPlace: true,
    outage: 'docker',
    snapshot: 'docker',
    beReached: { 'host-only': ['linux'], internal: ['linux'] },
  },
  settings: [
    'v.image = PgLab::Containers.image(node[:group] == "backups" ? "backup" : "node", os)',
    'v.name = "#{lab}-#{node[:name]}"',
    'v.has_ssh = true',
    'v.remains_running = true',
    '# systemd gets ten seconds to stop PostgreSQL properly before the container is killed.',
    'v.stop_timeout = 10',
    'v.create_args = [',
    '  "--memory=#{node[:memory]}m", "--cpus=#{node[:cpus]}",',
    '  *PgLab::Containers::OPTIONS, # what systemd and PostgreSQL need in a container',
    ']',
  ],
  network: { 'host-only': network, internal: network },
}

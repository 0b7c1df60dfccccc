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

/**
 * Options of `docker run` under which the node image starts systemd: it mounts, which needs a capability that seccomp
 * and AppArmor otherwise void, and writes to a few places.
 */
export const SYSTEMD_OPTIONS = [
  ...['--cap-add=SYS_ADMIN', '--security-opt=seccomp=unconfined', '--security-opt=apparmor=unconfined'],
  ...['--tmpfs=/run', '--tmpfs=/run/lock', '--tmpfs=/tmp'],
] as const

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
  parallel: true,
  usesBox: false,
  settings: [
    'v.image = "pg-lab/#{node[:group] == "backups" ? "backup" : "node"}:#{image_tag}"',
    'v.name = "#{lab}-#{node[:name]}"',
    'v.has_ssh = true',
    'v.remains_running = true',
    '# systemd gets ten seconds to stop PostgreSQL properly before the container is killed.',
    'v.stop_timeout = 10',
    'v.create_args = [',
    '  "--memory=#{node[:memory]}m", "--cpus=#{node[:cpus]}",',
    '  # PostgreSQL keeps the memory its parallel workers share in /dev/shm; 64 MB, the default, is too little.',
    '  "--shm-size=256m",',
    '  "--label=pg-lab.folder=#{__dir__}", # says whose it is, should this folder ever be deleted before it',
    '  # What systemd needs as the first process, which is less than --privileged: it mounts, and writes to these.',
    ...SYSTEMD_OPTIONS.map((option) => `  "${option}",`),
    ']',
  ],
  network: { 'host-only': network, internal: network },
}

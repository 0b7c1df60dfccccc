import { type Lab, nodesOf } from '../lab.ts'

/** How ssh gets to machines that Vagrant makes: the file is written once a run by the driver. */
const TO_MACHINES = `# Addresses, ports and keys of the machines, as \`vagrant ssh-config\` tells them. Its ControlMaster lets
# one connection serve many tasks. It also keeps the host keys of the machines and checks them.
# Under \`vagrant up\` and \`vagrant provision\` Vagrant sets its own (ANSIBLE_SSH_ARGS wins over this line).
ssh_args = -F .pg-lab/ssh_config`

/** How it gets to servers that are there already. */
const TO_SERVERS = `# Addresses, ports and keys of the servers. One connection serves many tasks. Each server must be in
# known_hosts: look at its key's fingerprint before you add it.
ssh_args = -F provisioning/ssh_config -o ControlMaster=auto -o ControlPersist=60s`

/** Ansible's own default; more hosts than that would wait for each other. */
const LEAST_FORKS = 5

/** Each is a process of 60 MB on the computer that runs Ansible, and a clone at the same time on the primary. */
const MOST_FORKS = 20

/**
 * The text of ansible.cfg. Vagrant hands Ansible the inventory and ssh_args itself; the rest holds for both.
 * @param header the first line's text, without its `#`
 */
export function ansibleCfg(lab: Lab, header: string): string {
  const hosts = nodesOf(lab).length
  const forks = Math.min(Math.max(LEAST_FORKS, hosts), MOST_FORKS)
  return `# ${header}

[defaults]
inventory = provisioning/inventory.yml
roles_path = provisioning/roles
callback_plugins = provisioning/callback_plugins
# ${hosts > MOST_FORKS ? 'So many hosts at once; each is a process here.' : 'All hosts at once.'}
forks = ${forks}
# Take the Python that is there, and do not warn about it.
interpreter_python = auto_silent
# Facts are gathered where a play asks for them.
gathering = explicit
retry_files_enabled = False
# Results people can read.
stdout_callback = default
callback_result_format = yaml

[ssh_connection]
# One connection a task instead of two or three. sudo must not ask for a terminal; ours does not.
pipelining = True
${lab.provider === 'ssh' ? TO_SERVERS : TO_MACHINES}
`
}

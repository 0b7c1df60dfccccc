import { type Lab, nodesOf } from '../lab.ts'

/** Written once a run by the driver from `vagrant ssh-config`; relative to the lab's folder. */
const SSH_CONFIG = '.pg-lab/ssh_config'

/** Ansible's own default; more hosts than that would wait for each other. */
const LEAST_FORKS = 5

/**
 * The text of ansible.cfg. Vagrant hands Ansible the inventory and ssh_args itself; the rest holds for both.
 * @param header the first line's text, without its `#`
 */
export function ansibleCfg(lab: Lab, header: string): string {
  const forks = Math.max(LEAST_FORKS, nodesOf(lab).length)
  return `# ${header}

[defaults]
inventory = provisioning/inventory.yml
roles_path = provisioning/roles
callback_plugins = provisioning/callback_plugins
# All hosts at once.
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
# Addresses, ports and keys of the machines, as \`vagrant ssh-config\` tells them. Its ControlMaster lets
# one connection serve many tasks. It also keeps the host keys of the machines and checks them.
# Under \`vagrant up\` and \`vagrant provision\` Vagrant sets its own (ANSIBLE_SSH_ARGS wins over this line).
ssh_args = -F ${SSH_CONFIG}
`
}

import { can } from '../../catalog/providers/index.ts'
import { type Lab, nodesOf } from '../../lab.ts'
import { LAB_FILES } from '../../lab-files.ts'

/**
 * One connection serves many tasks. With ControlPersist here, Ansible makes the folder of the sockets itself. Left alone it
 * would call a socket by the host's name in the inventory, and another lab's `master` would be taken for ours.
 */
const SHARED = `-o ControlMaster=auto -o ControlPersist=60s
# One socket for each address, port and user: a name is not enough, for every lab has a master.
control_path = %(directory)s/%%C`

/** How ssh gets to machines that Vagrant makes: whoever starts them writes the file, pg-lab or the Vagrantfile. */
const TO_MACHINES = `# Addresses, ports and keys of the machines, as Vagrant prints them. The file also has the machines' host keys
# kept and checked. One connection serves many tasks; its socket lies where Ansible makes a folder for it.
ssh_args = -F ${LAB_FILES.sshConfig.path} ${SHARED}`

/** How it gets to servers that are there already. */
const TO_SERVERS = `# Addresses, ports and keys of the servers. One connection serves many tasks. Each server must be in
# known_hosts: look at its key's fingerprint before you add it.
ssh_args = -F provisioning/ssh_config ${SHARED}`

/** Ansible's own default; more hosts than that would wait for each other. */
const LEAST_FORKS = 5

/** Each is a process of 60 MB on the computer that runs Ansible, and a clone at the same time on the primary. */
const MOST_FORKS = 20

/**
 * The text of ansible.cfg.
 * @param header the first line's text, without its `#`
 */
export function ansibleCfg(lab: Lab, header: string): string {
  const hosts = nodesOf(lab).length
  const forks = Math.min(Math.max(LEAST_FORKS, hosts), MOST_FORKS)
  return `# ${header}

[defaults]
inventory = provisioning/inventory.yml
roles_path = provisioning/roles
callback_plugins = provisioning/support/callback_plugins
# ${hosts > MOST_FORKS ? 'So many hosts at once; each is a process here.' : 'All hosts at once.'}
forks = ${forks}
# Every system of the lab has it there. Looking for it fails where a login shell prints a line of its own.
interpreter_python = /usr/bin/python3
# Facts are gathered where a play asks for them.
gathering = explicit
retry_files_enabled = False
# Where modules put their own temporary files, each in a folder that only its user enters. It is there for every user;
# the usual one in the home of a user who never logs in is not, which Ansible warns of.
remote_tmp = /tmp
# Results people can read.
stdout_callback = default
callback_result_format = yaml

[ssh_connection]
# One connection a task instead of two or three. sudo must not ask for a terminal; ours does not.
pipelining = True
${can(lab).makeMachines ? TO_MACHINES : TO_SERVERS}
`
}

/**
 * What a user's environment may decide of our runs of Ansible: what opens a vault, how many and how long, where temporary
 * files go, and what is told. All else (who logs in, to where, by which plugin, as whom) is the lab's.
 */
const USERS_OF_ANSIBLE = [
  'ANSIBLE_DEPRECATION_WARNINGS',
  'ANSIBLE_FORKS',
  'ANSIBLE_HOME',
  'ANSIBLE_LOCAL_TEMP',
  'ANSIBLE_LOG_PATH',
  'ANSIBLE_REMOTE_TEMP',
  'ANSIBLE_TIMEOUT',
  'ANSIBLE_VAULT_IDENTITY_LIST',
  'ANSIBLE_VAULT_PASSWORD_FILE',
]

/** Leads Vagrant to other machines, to another provider, or out of the lab's folder. */
const LABS_OF_VAGRANT = [
  'VAGRANT_DEFAULT_PROVIDER',
  'VAGRANT_DOTFILE_PATH',
  'VAGRANT_FORCE_COLOR',
  'VAGRANT_PREFERRED_PROVIDERS',
]

type Cleared = Readonly<Record<string, undefined>>

function cleared(names: readonly string[]): Cleared {
  return Object.fromEntries(names.map((name) => [name, undefined]))
}

/** Takes out of Ansible's environment what would lead it elsewhere. */
export function withoutUsersAnsible(): Cleared {
  const names = Object.keys(process.env).filter((name) => name.startsWith('ANSIBLE_'))
  return cleared(names.filter((name) => !USERS_OF_ANSIBLE.includes(name)))
}

/** Takes out of Vagrant's environment what would lead it elsewhere. */
export const WITHOUT_USERS_VAGRANT: Cleared = cleared(LABS_OF_VAGRANT)

import { LAB_FILES } from '../../lab-files.ts'

/** Known causes behind Ansible's messages, the special ones first. */
const HINTS: readonly { readonly pattern: RegExp; readonly hint: string }[] = [
  {
    pattern: /No space left on device|not enough free space|ENOSPC/i,
    hint: 'The disk is full. `df -h` on the host shows which one.',
  },
  {
    pattern: /dpkg frontend lock|Could not get lock|Failed to lock apt|apt.*lock.*timeout|rpmdb.*lock/i,
    hint: 'Another package manager is at work there, as on a first boot. Wait a minute, then run `npx create-pg-lab provision`.',
  },
  {
    pattern: /must have a tty to run sudo/i,
    hint: 'sudo there wants a terminal. Turn that off for the login user, e.g. in /etc/sudoers.d/pg-lab (visudo -f): Defaults:USER !requiretty',
  },
  {
    pattern:
      /Missing sudo password|a password is required|sudo:.*not in the sudoers|Incorrect sudo password/i,
    hint: 'The login user must be allowed sudo without a password.',
  },
  {
    pattern:
      /python3?: (command )?not found|interpreter.*(not found|No such file)|\/usr\/bin\/python3?: No such file/i,
    hint: 'Python is missing on the host: install python3 there, or take a box that has it.',
  },
  {
    pattern:
      /No package matching|Unable to locate package|has no installation candidate|nothing provides|Unable to find a match|Failed to install some of the specified packages|Failed to download metadata for repo 'pgdg\d/i,
    hint: 'The repository there does not carry this package. Check postgres.version and postgres.repository in cluster.config.ts.',
  },
  {
    pattern:
      /Temporary failure resolving|Could not resolve host|Could not connect to .*:80|Failed to fetch|Failed to download metadata/i,
    hint: 'The host cannot reach where its packages come from; the message names it. For the system’s own ones set mirrors.packages, for those of PostgreSQL postgres.repository, for all of them proxy, in cluster.config.ts.',
  },
  {
    pattern: /NO_PUBKEY|is not signed|GPG error|EXPKEYSIG|Failed to validate GPG signature/i,
    hint: 'The repository’s key is missing or out of date. Check postgres.repository in cluster.config.ts.',
  },
  {
    pattern:
      /Failed to connect to the host via ssh|UNREACHABLE|Connection (timed out|refused|closed)|No route to host|Permission denied \(publickey/i,
    hint: `Run \`npx create-pg-lab up\`: it starts what is not running and writes ${LAB_FILES.sshConfig.path} again.`,
  },
]

/** @param text what Ansible said */
export function hintFor(text: string): string | undefined {
  return HINTS.find(({ pattern }) => pattern.test(text))?.hint
}

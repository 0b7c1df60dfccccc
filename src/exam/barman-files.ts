import type { BackupNode } from '../lab.ts'

/** Prints the files in which Barman has something of this server, wherever the package looks for them. */
export function sectionsOfBarman({ server }: BackupNode): string {
  return `grep -rlxF '[${server}]' /etc/barman.conf /etc/barman.d /etc/barman`
}

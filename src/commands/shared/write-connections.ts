import { renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { LAB_FILES } from '../../lab-files.ts'
import { passwordOf } from '../../passwords.ts'
import { type Connections, connectionsOf, passwordsText, servicesText } from '../../postgres/connections.ts'
import type { Session } from './session.ts'

/** The certificate of the lab's own authority, which its clients trust. */
export function authorityFile(directory: string): string {
  return join(directory, LAB_FILES.tls.path, 'ca.crt')
}

/** Writes down how clients on this computer get to the servers, each file whole or as it was. */
export function writeConnections({ directory, lab }: Pick<Session, 'directory' | 'lab'>): Connections {
  const connections = connectionsOf(lab, process.platform)
  const passwords = join(directory, LAB_FILES.passwords.path)
  const authority = authorityFile(directory)
  const password = passwordOf(directory, lab.database.owner)
  replace(passwords, passwordsText(lab, connections, password))
  replace(join(directory, LAB_FILES.services.path), servicesText(lab, connections, { authority, passwords }))
  return connections
}

function replace(file: string, text: string): void {
  writeFileSync(`${file}.new`, text, { mode: 0o600 })
  renameSync(`${file}.new`, file)
}

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Lab } from './lab.ts'
import { LAB_FILES } from './lab-files.ts'

/** The PostgreSQL users of a lab that have a password; the roles make them. */
export function usersOf({ replication, database, backup }: Lab): readonly string[] {
  const barman = backup ? [backup.user, backup.streamingUser] : []
  return [replication.user, replication.rewindUser, database.owner, ...barman]
}

/** Where a user's password is kept: one file a user, as the roles make them. @param directory the lab's folder */
export function passwordFile(directory: string, user: string): string {
  return join(directory, LAB_FILES.secrets.path, user)
}

/** A user's password, without the line end behind it. */
export function passwordOf(directory: string, user: string): string {
  return readFileSync(passwordFile(directory, user), 'utf8').trim()
}

/** Every password of the lab. */
export function passwordsIn(directory: string): readonly string[] {
  const folder = join(directory, LAB_FILES.secrets.path)
  return existsSync(folder) ? readdirSync(folder).map((user) => passwordOf(directory, user)) : []
}

import { createHash, createHmac, pbkdf2Sync, randomInt } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { CommandError, programFailed } from '../errors.ts'
import type { Lab, LabNode } from '../lab.ts'
import { LAB_FILES } from '../lab-files.ts'
import { askServers, notOnePrimary, primaryOf, VERIFY_PRIMARY } from '../observe/servers.ts'
import { passwordFile, passwordOf } from '../passwords.ts'
import { toSender } from '../postgres/conninfo.ts'
import { literal } from '../postgres/sql.ts'
import { delayOf, type Link, linksOf } from '../postgres/topology.ts'
import { askUntil } from '../tools/process/ask-until.ts'
import type { Guest } from '../tools/ssh/guest-contract.ts'

/** As the roles make them: 62 characters to the power of 32 are 190 bits. */
const LENGTH = 32
const CHARACTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

/**
 * Replaces passwords on this computer; the playbook then brings them to the servers. The old ones are kept until
 * `forgetFormer`, the oldest of them when a rotation is repeated: those were in force for certain.
 * @param directory the lab's folder
 */
export function makePasswords(directory: string, users: readonly string[]): void {
  for (const folder of [LAB_FILES.secrets.path, LAB_FILES.formerSecrets.path]) {
    mkdirSync(join(directory, folder), { recursive: true, mode: 0o700 })
  }
  for (const user of users) {
    const file = passwordFile(directory, user)
    const former = join(directory, LAB_FILES.formerSecrets.path, user)
    if (existsSync(file) && !existsSync(former)) put(former, readFileSync(file, 'utf8'))
    put(file, `${newPassword()}\n`)
  }
}

/** All of a file or nothing, readable for its owner alone. */
function put(file: string, text: string): void {
  const fresh = `${file}.new` // no user is called so: names have no dots
  rmSync(fresh, { force: true })
  writeFileSync(fresh, text, { mode: 0o600, flag: 'wx' })
  renameSync(fresh, file)
}

function newPassword(): string {
  return Array.from({ length: LENGTH }, () => CHARACTERS[randomInt(CHARACTERS.length)]).join('')
}

/** A playbook has succeeded: the servers have the new passwords, and the old ones open nothing any more. */
export function forgetFormer(directory: string): void {
  rmSync(join(directory, LAB_FILES.formerSecrets.path), { recursive: true, force: true })
}

/**
 * Proves that the servers take the passwords of this computer: each user's on the primary, and the replication user's
 * by a connection from each standby to its upstream. Barman's connections are proved by its own check.
 * @throws CommandError that names the user, or the standby which is not let in
 */
export async function provePasswords(
  { lab, guest, directory }: { readonly lab: Lab; readonly guest: Guest; readonly directory: string },
  users: readonly string[],
): Promise<void> {
  const states = await askServers(lab, guest)
  const primary = primaryOf(states)
  if (primary.is !== 'found') {
    throw new CommandError(notOnePrimary(states, 'to try the passwords on'), { command: VERIFY_PRIMARY })
  }
  await proveStored({ guest, primary: primary.node, directory }, users)
  // A standby that replays late learns of a new password as late as of all else.
  const links = linksOf(lab, primary.node).filter(({ upstream }) => delayOf(lab, upstream) === '')
  await Promise.all(links.map((link) => proveLogin(lab, guest, link)))
}

interface SaltRow {
  readonly role: string
  readonly iterations: number
  readonly salt: string
}

/** SCRAM-SHA-256$iterations:salt$StoredKey:ServerKey. Only the salt leaves the server; the key is compared there. */
async function proveStored(
  {
    guest,
    primary,
    directory,
  }: { readonly guest: Guest; readonly primary: LabNode; readonly directory: string },
  users: readonly string[],
): Promise<void> {
  const rows = await guest.rows<SaltRow>(
    primary,
    `SELECT rolname AS role, split_part(split_part(rolpassword, '$', 2), ':', 1)::int AS iterations,
      split_part(split_part(rolpassword, '$', 2), ':', 2) AS salt
      FROM pg_authid WHERE rolname IN (${users.map(literal).join(', ')}) AND rolpassword LIKE 'SCRAM-SHA-256$%'`,
  )
  const keys = rows.map(({ role, iterations, salt }) => {
    const password = passwordOf(directory, role)
    return `(${literal(role)}, ${literal(storedKey(password, salt, iterations))})`
  })
  const missing = users
    .filter((user) => rows.every(({ role }) => role !== user))
    .map((user) => `(${literal(user)}, '')`)
  await guest.execute(primary, proofSql([...keys, ...missing]))
}

/** RFC 5802: what the server keeps to check a proof against. */
export function storedKey(password: string, salt: string, iterations: number): string {
  const salted = pbkdf2Sync(password, Buffer.from(salt, 'base64'), iterations, 32, 'sha256')
  return createHash('sha256')
    .update(createHmac('sha256', salted).update('Client Key').digest())
    .digest('base64')
}

/** Nothing of it may get into the server's log. */
function proofSql(keys: readonly string[]): string {
  return `SET log_statement = 'none';
SET log_min_duration_statement = -1;
SET log_min_error_statement = 'panic';
DO $$
DECLARE wrong text;
BEGIN
  SELECT string_agg(wanted.role, ', ') INTO wrong
    FROM (VALUES ${keys.join(', ')}) AS wanted (role, stored_key)
    LEFT JOIN pg_authid ON rolname = wanted.role
   WHERE coalesce(split_part(split_part(rolpassword, '$', 3), ':', 1), '') <> wanted.stored_key
      OR wanted.stored_key = '';
  IF wrong IS NOT NULL THEN
    RAISE 'another password than the one on this computer is in force for %', wrong;
  END IF;
END
$$;`
}

/** A cascading standby asks a server that has to replay the change first. */
const LOGIN_WITHIN_MS = 10_000
const ASK_EVERY_MS = 500

async function proveLogin(lab: Lab, guest: Guest, { node, upstream }: Link): Promise<void> {
  const conninfo = toSender(lab, upstream)
  const argv = ['psql', '-X', '-w', '-A', '-t', '-c', 'IDENTIFY_SYSTEM', conninfo]
  const output = await askUntil(
    () => guest.shell(node, argv, { as: 'postgres' }),
    ({ exitCode }) => exitCode === 0,
    { everyMs: ASK_EVERY_MS, withinMs: LOGIN_WITHIN_MS },
  )
  if (output.exitCode === 0) return
  throw programFailed(
    `${upstream.name} does not let ${node.name} in with the new password`,
    `npx create-pg-lab ssh ${node.name} -- sudo -u postgres psql -w -c IDENTIFY_SYSTEM '${conninfo}'`,
    output,
  )
}

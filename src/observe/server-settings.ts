import { CommandError } from '../errors.ts'
import type { Lab, PostgresNode } from '../lab.ts'
import { literal } from '../postgres/sql.ts'
import type { Guest } from '../tools/ssh/guest-contract.ts'
import type { SettingsPart } from './server-parts.ts'
import { askServer, type ServerState } from './servers.ts'

/** A server as the plan compares it with the config. */
export interface ServerSight extends SettingsPart {
  readonly in_recovery: boolean
  /** It is a standby, and WAL comes to it. */
  readonly is_streaming: boolean
  readonly system_identifier: string
  /** The demo table of the config; `undefined` where there is none. */
  readonly tableOwner: string | undefined
}

/** What Barman's pg_receivewal calls itself. */
export const BARMAN_FOLLOWER = 'barman_receive_wal'

/**
 * @returns the server with its sight, which is missing where it does not answer
 * @throws CommandError when it answers, and its demo database does not
 */
export async function seeServer(
  lab: Lab,
  guest: Guest,
  node: PostgresNode,
): Promise<{ readonly state: ServerState; readonly sight: ServerSight | undefined }> {
  const [state, tableOwner] = await Promise.all([
    askServer(lab, guest, node, ['settings', 'following']),
    askTableOwner(lab, guest, node),
  ])
  const { answer } = state
  if (!answer) return { state, sight: undefined }
  const { in_recovery, system_identifier, settings, following } = answer
  const { is_streaming } = following
  return { state, sight: { in_recovery, system_identifier, is_streaming, ...settings, tableOwner } }
}

/**
 * In the demo database itself.
 * @returns `undefined` where no server runs, or there is no such database or table
 * @throws CommandError where one runs and does not let us ask
 */
async function askTableOwner(
  { database }: Lab,
  guest: Guest,
  node: PostgresNode,
): Promise<string | undefined> {
  const sql = `SELECT pg_get_userbyid(relowner) AS owner FROM pg_class
 WHERE oid = to_regclass(format('public.%I', ${literal(database.table)}))`
  try {
    return (await guest.rows<{ owner: string }>(node, sql, database.name))[0]?.owner
  } catch (error) {
    if (error instanceof CommandError && !runsSilently(error)) return undefined
    throw error
  }
}

/** PostgreSQL alone says FATAL; of a database that is not there it is no wonder. */
function runsSilently({ timedOut, lastLines }: CommandError): boolean {
  return (
    timedOut || lastLines.some((line) => /FATAL: /.test(line) && !/database .* does not exist/.test(line))
  )
}

/** What the last line of a file about a setting says; `undefined` when there is none. */
export function lineOf({ lines }: SettingsPart, file: string, name: string): string | undefined {
  return lines.findLast((line) => line.file === file && line.name === name)?.value
}

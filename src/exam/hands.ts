import { programFailed } from '../errors.ts'
import type { LabNode } from '../lab.ts'
import { literal } from '../postgres/sql.ts'
import { quoteWord } from '../tools/process/quote.ts'
import type { Guest } from '../tools/ssh/guest-contract.ts'

/**
 * Runs a script as root. It goes by stdin, so that neither a list of processes nor sudo's log tells what it does.
 * @throws CommandError when one of its commands fails
 */
export async function runAsRoot(guest: Guest, node: LabNode, script: string): Promise<void> {
  const argv = ['bash', '-e', '-s']
  const output = await guest.shell(node, argv, { as: 'root', stdin: `${script}\n`, timeoutMs: 120_000 })
  if (output.exitCode !== 0) throw programFailed(`${node.name} could not be prepared`, 'bash -e -s', output)
}

/** Puts a line at the end of a file, where it does not have it yet. */
export function appendLine(guest: Guest, node: LabNode, file: string, line: string): Promise<void> {
  const [words, place] = [quoteWord(line), quoteWord(file)]
  return runAsRoot(guest, node, `grep -qxF ${words} ${place} || echo ${words} >>${place}`)
}

/** The file in which a setting of a server stands. */
export async function fileOfSetting(guest: Guest, node: LabNode, name: string): Promise<string> {
  const sql = `SELECT sourcefile AS file FROM pg_settings WHERE name = ${literal(name)}`
  return oneFile(await guest.rows<{ file: string | null }>(node, sql), name)
}

/** A file that a server names in a setting: `hba_file`, `config_file`. */
export async function fileNamedBy(guest: Guest, node: LabNode, setting: string): Promise<string> {
  const sql = `SELECT current_setting(${literal(setting)}) AS file`
  return oneFile(await guest.rows<{ file: string | null }>(node, sql), setting)
}

function oneFile(rows: readonly { readonly file: string | null }[], what: string): string {
  const file = rows[0]?.file
  if (!file) throw new Error(`no file has ${what}`)
  return file
}

/** Lets a server read its files again. */
export function reload(guest: Guest, node: LabNode): Promise<void> {
  return guest.execute(node, 'SELECT pg_reload_conf();')
}

/** Closes the connections by which WAL leaves a server; who may come back does so within seconds. */
export function closeSenders(guest: Guest, node: LabNode, user?: string): Promise<void> {
  const whose = user === undefined ? '' : ` WHERE usename = ${literal(user)}`
  return guest.execute(node, `SELECT pg_terminate_backend(pid) FROM pg_stat_replication${whose};`)
}

/** The cluster of a node, whatever the distribution calls its unit. */
export function restartServer(guest: Guest, node: LabNode): Promise<void> {
  return runAsRoot(guest, node, "systemctl restart 'postgresql*'")
}

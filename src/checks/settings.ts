import { type Lab, type LabNode, postgresNodes, type SettingValue } from '../lab.ts'
import type { Guest } from '../tools/contracts.ts'
import { psqlEvidence } from '../tools/evidence.ts'
import { SHOWN_TO_ALL } from '../tools/psql.ts'
import { type EffectiveSetting, sameSetting } from '../tools/setting-value.ts'
import { literal } from '../tools/sql.ts'
import { type Check, lookAtEach, type Seen } from './check.ts'

interface SettingRow extends EffectiveSetting {
  /** As SHOW prints it: `128MB`. */
  readonly shown: string
  readonly pending_restart: boolean
  /** `configuration file`, `default`, `command line`, … */
  readonly source: string
  readonly sourcefile: string | null
}

interface PendingRow {
  readonly name: string
  readonly setting: string | null
  readonly sourcefile: string | null
}

interface FileError {
  readonly sourcefile: string
  readonly sourceline: number
  readonly name: string | null
  readonly error: string
}

const PENDING_SQL = `SELECT s.name, f.setting, f.sourcefile FROM pg_settings s
  LEFT JOIN LATERAL (SELECT setting, sourcefile FROM pg_file_settings
    WHERE name = s.name ORDER BY seqno DESC LIMIT 1) f ON true
  WHERE s.pending_restart ORDER BY s.name`

const ERRORS_SQL = `SELECT sourcefile, sourceline, name, error FROM pg_file_settings
  WHERE error IS NOT NULL AND error <> 'setting could not be applied' ORDER BY seqno`

/** The unit of a restart covers the one cluster of a node, whatever the distribution calls it. */
const RESTART = "sudo systemctl restart 'postgresql*'"

export const settings: Check = {
  id: 'settings',
  title: 'Every setting of the config is in force',
  run: (lab, guest) => lookAtEach('settings', postgresNodes(lab), (node) => look(lab, node, guest)),
}

async function look(lab: Lab, node: LabNode, guest: Guest): Promise<readonly Seen[]> {
  const sql = settingsSql(lab)
  const [rows, pending, errors] = await Promise.all([
    guest.rows<SettingRow>(node, sql),
    guest.rows<PendingRow>(node, PENDING_SQL),
    guest.rows<FileError>(node, ERRORS_SQL),
  ])
  const byName = new Map(rows.map((row) => [row.name.toLowerCase(), row]))
  const values = Object.entries(lab.postgres.settings).map(([name, wanted]) =>
    seeSetting(node, name, wanted, byName.get(name.toLowerCase())),
  )
  return [...values, seePending(node, pending), seeErrors(node, errors)]
}

function settingsSql(lab: Lab): string {
  const names = Object.keys(lab.postgres.settings).map((name) => literal(name.toLowerCase()))
  const wanted = names.length === 0 ? 'false' : `lower(name) IN (${names.join(', ')})`
  return `SELECT name, reset_val AS setting, unit, vartype, ${SHOWN_TO_ALL} AS shown, source, sourcefile, pending_restart
    FROM pg_settings
    WHERE ${wanted} ORDER BY name`
}

function seeSetting(node: LabNode, name: string, wanted: SettingValue, row: SettingRow | undefined): Seen {
  const sql = `SHOW ${name}`
  const ok = row !== undefined && sameSetting(wanted, row)
  return {
    what: name,
    expected: String(wanted),
    observed: row?.shown ?? 'unknown to this server',
    ok,
    hint: row
      ? remedy(node, row)
      : 'No such setting in this version. Take it out of postgres.settings, or load its library.',
    command: `sudo -u postgres psql -c "${sql}"`,
    output: row?.shown,
  }
}

function isAltered(sourcefile: string | null): boolean {
  return sourcefile?.endsWith('postgresql.auto.conf') ?? false
}

/** Where the value comes from tells what put it there. */
function remedy(node: LabNode, row: SettingRow): string {
  if (row.pending_restart)
    return `The file has another value, it waits for a restart. On ${node.name}: ${RESTART}`
  if (isAltered(row.sourcefile)) {
    return (
      `ALTER SYSTEM set it, and that wins over postgresql.conf. On ${node.name}: ` +
      `sudo -u postgres psql -c "ALTER SYSTEM RESET ${row.name}" -c "SELECT pg_reload_conf()"`
    )
  }
  return `It comes from ${row.sourcefile ?? `the ${row.source}`}. Write postgresql.conf again: npx create-pg-lab provision`
}

/** A file has another value than the server, and the server takes it only at its start. */
function seePending(node: LabNode, pending: readonly PendingRow[]): Seen {
  const altered = pending.filter(({ sourcefile }) => isAltered(sourcefile)).map(({ name }) => name)
  const reset = altered.map((name) => `-c "ALTER SYSTEM RESET ${name}"`).join(' ')
  return {
    what: 'settings that wait for a restart',
    expected: 'none',
    observed: pending.map(({ name, setting }) => `${name} = ${setting}`).join(', ') || 'none',
    ok: pending.length === 0,
    hint:
      altered.length > 0
        ? `ALTER SYSTEM set them. On ${node.name}: sudo -u postgres psql ${reset} -c "SELECT pg_reload_conf()"`
        : `They were changed while the server ran. On ${node.name}: ${RESTART}`,
    ...psqlEvidence(PENDING_SQL, pending),
  }
}

function seeErrors(node: LabNode, errors: readonly FileError[]): Seen {
  const [first] = errors
  return {
    what: 'errors in the configuration files',
    expected: 'none',
    observed: first ? errors.map(describe).join('; ') : 'none',
    ok: errors.length === 0,
    hint:
      `The server refuses the file until they are gone, and will not start again. ` +
      `Write it again (npx create-pg-lab provision), or take the line out on ${node.name}.`,
    ...psqlEvidence(ERRORS_SQL, errors),
  }
}

function describe({ sourcefile, sourceline, name, error }: FileError): string {
  return `${sourcefile}:${sourceline} ${name ?? ''}: ${error}`
}

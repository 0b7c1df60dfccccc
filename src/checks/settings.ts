import { spelled } from '../catalog/same-setting.ts'
import { confSettings, type Lab, type LabNode, postgresNodes, type SettingValue } from '../lab.ts'
import { psqlEvidence } from '../postgres/evidence.ts'
import { literal } from '../postgres/sql.ts'
import { shellWord } from '../tools/process/quote.ts'
import type { Guest } from '../tools/ssh/guest-contract.ts'
import { SHOWN_TO_ALL } from '../tools/ssh/psql-session.ts'
import { type Check, lookAtEach, type Seen } from './support/check.ts'

/** What a server says of the line that our configuration file has of a setting. */
interface LineRow {
  readonly name: string
  /** Text of the last line of that name, wherever it is; null where no file has one. */
  readonly line: string | null
  readonly file: string | null
  /** Whether that is postgresql.conf itself. */
  readonly is_ours: boolean | null
  readonly error: string | null
  /** Whether the server has read the file since it was written. */
  readonly is_read: boolean | null
  /** As SHOW prints it: `128MB`. */
  readonly shown: string | null
  readonly is_on_command_line: boolean
  readonly pending_restart: boolean
  /** `ALTER ROLE student`: who has another value, and what it was given by. */
  readonly overridden: readonly string[]
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
  run: (lab, guest) => lookAtEach('settings', postgresNodes(lab), (node) => lookAtSettings(lab, node, guest)),
}

async function lookAtSettings(lab: Lab, node: LabNode, guest: Guest): Promise<readonly Seen[]> {
  const wanted = confSettings(lab, node)
  const [rows, pending, errors] = await Promise.all([
    guest.rows<LineRow>(node, linesSql(Object.keys(wanted))),
    guest.rows<PendingRow>(node, PENDING_SQL),
    guest.rows<FileError>(node, ERRORS_SQL),
  ])
  const byName = new Map(rows.map((row) => [row.name, row]))
  const values = Object.entries(wanted).map(([name, value]) => seeLine(node, name, value, byName.get(name)))
  return [...values, seePending(node, pending), seeErrors(node, errors)]
}

/*
 * PostgreSQL spells, counts and fits what it was given in its own way (`on` becomes pglz, -1 becomes 8MB, 0o640 is told as
 * 0640, and what a library brings is in no table before it is loaded). So it is not asked for the value, but for the line:
 * whether it is the last one of that name, was read, and is nowhere overridden.
 */
function linesSql(names: readonly string[]): string {
  return `WITH lines AS MATERIALIZED (SELECT * FROM pg_file_settings)
    SELECT wanted.name, line.setting AS line, line.sourcefile AS file, line.error,
      line.sourcefile = current_setting('config_file') AS is_ours,
      (pg_stat_file(line.sourcefile, true)).modification <= pg_conf_load_time() AS is_read,
      coalesce(known.shown, current_setting(wanted.name, true)) AS shown,
      coalesce(known.source IN ('command line', 'environment variable'), false) AS is_on_command_line,
      coalesce(known.pending_restart, false) AS pending_restart,
      ARRAY(SELECT CASE WHEN setrole = 0 THEN format('ALTER DATABASE %I', datname)
          ELSE format('ALTER ROLE %I', rolname) || coalesce(' IN DATABASE ' || quote_ident(datname), '') END
        FROM pg_db_role_setting
          LEFT JOIN pg_roles ON pg_roles.oid = setrole LEFT JOIN pg_database ON pg_database.oid = setdatabase,
          unnest(setconfig) AS pair
        WHERE lower(split_part(pair, '=', 1)) = lower(wanted.name) AND NOT pg_is_in_recovery() -- reported once, where it can be fixed
        ORDER BY 1) AS overridden
    FROM unnest(ARRAY[${names.map(literal).join(', ')}]::text[]) AS wanted (name)
      LEFT JOIN LATERAL (SELECT * FROM lines WHERE lower(lines.name) = lower(wanted.name)
        ORDER BY seqno DESC LIMIT 1) AS line ON true
      LEFT JOIN (SELECT name, ${SHOWN_TO_ALL} AS shown, source, pending_restart FROM pg_settings) AS known
        ON lower(known.name) = lower(wanted.name)`
}

function seeLine(node: LabNode, name: string, value: SettingValue, row: LineRow | undefined): Seen {
  const line = String(spelled(value)) // as the roles write it
  const fault = row ? faultOf(node, line, row) : { observed: 'unknown to this server', hint: PROVISION }
  return {
    what: name,
    expected: line,
    observed: fault?.observed ?? line,
    ok: fault === undefined,
    hint: fault?.hint ?? '',
    command: `sudo -u postgres psql -c "SHOW ${name}"`,
    output: row?.shown ?? undefined,
  }
}

const PROVISION = 'Write postgresql.conf again: npx create-pg-lab provision'

interface Fault {
  readonly observed: string
  readonly hint: string
}

/** What keeps a line from being in force, the first thing that does. */
function faultOf(node: LabNode, wanted: string, row: LineRow): Fault | undefined {
  const { name, line, file, error } = row
  const shown = row.shown ?? 'unknown to this server'
  const psql = (...statements: string[]) =>
    `On ${node.name}: sudo -u postgres psql ${statements.map((sql) => `-c ${shellWord(sql)}`).join(' ')}`
  if (line === null) return { observed: shown, hint: `No file has a line of it. ${PROVISION}` }
  if (isAltered(file)) {
    const reset = psql(`ALTER SYSTEM RESET ${name}`, 'SELECT pg_reload_conf()')
    return { observed: shown, hint: `ALTER SYSTEM set it, and that wins over postgresql.conf. ${reset}` }
  }
  if (!row.is_ours) return { observed: shown, hint: `It comes from ${file}. Take the line out there` }
  if (line !== wanted) return { observed: line, hint: `The file has another value. ${PROVISION}` }
  if (row.pending_restart) {
    return {
      observed: shown,
      hint: `The file has it, and it waits for a restart. On ${node.name}: ${RESTART}`,
    }
  }
  if (error !== null)
    return { observed: error, hint: `The server does not take it: see postgres.settings in the config` }
  if (!row.is_read) {
    return {
      observed: shown,
      hint: `The file was written since the server read it. ${psql('SELECT pg_reload_conf()')}`,
    }
  }
  if (row.is_on_command_line) {
    return {
      observed: shown,
      hint: `The server was started with it on its command line. On ${node.name}: ${RESTART}`,
    }
  }
  const [first] = row.overridden
  if (first === undefined) return undefined
  const undo = psql(...row.overridden.map((statement) => `${statement} RESET ${name}`))
  return {
    observed: `${wanted}, but not for all: ${row.overridden.join(', ')}`,
    hint: `Sessions get another value. ${undo}`,
  }
}

function isAltered(sourcefile: string | null): boolean {
  return sourcefile?.endsWith('postgresql.auto.conf') ?? false
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

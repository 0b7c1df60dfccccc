import { postgresPaths } from '../../guest-paths.ts'
import type { Lab } from '../../lab.ts'

/** psql on the lab's machines. Debian's `psql` is a Perl wrapper that looks for clusters first: half of a short answer's time. */
export function psqlProgram(lab: Pick<Lab, 'os' | 'postgres'>): string {
  return lab.os.family === 'Debian' ? `${postgresPaths(lab).programs}/psql` : 'psql'
}

/** Without ~/.psqlrc, quiet, bare values. */
export const BARE_ANSWERS = ['-X', '-q', '-A', '-t'] as const

/** How long a server may take to let us in, in seconds: one that hangs takes a connection and never answers. */
export const CONNECT_S = 10

/** How long one statement of ours may take, in seconds, unless its caller says otherwise. */
export const STATEMENT_S = 30

/*
 * What our sessions need, whatever the user set for everybody: in postgresql.conf, by ALTER SYSTEM, ROLE or DATABASE.
 * A bookkeeping commit of ours never waits for a standby. Ansible's sessions: postgres_session (roles/postgres/vars).
 * SET, and not PGOPTIONS: pg_settings.reset_val still tells what everybody has.
 */
const SESSION = {
  search_path: 'pg_catalog', // first, for what follows
  role: 'none',
  synchronous_commit: 'local',
  default_transaction_isolation: "'read committed'",
  default_transaction_read_only: 'off',
  default_transaction_deferrable: 'off',
  lock_timeout: '0',
  idle_in_transaction_session_timeout: '0',
  session_replication_role: 'origin',
  row_security: 'on',
  standard_conforming_strings: 'on',
  quote_all_identifiers: 'off',
  client_encoding: "'UTF8'", // a database with another encoding answers in it nevertheless
  client_min_messages: 'warning',
  lc_messages: "'C'",
  datestyle: "'ISO'",
  intervalstyle: 'postgres',
  bytea_output: 'hex',
  extra_float_digits: '1',
}

/** Only a superuser sets these; nobody else can be harmed by what they are. */
const SUPERUSERS = ['session_replication_role', 'lc_messages']

/** Only younger servers have these. */
const YOUNGER = "('idle_session_timeout', 'transaction_timeout')"

/**
 * What a session of ours begins with.
 * @param options.statementS how long a statement may take, in seconds
 * @param options.as the owner of a database, who is no superuser
 */
export function sessionSql(options: { readonly statementS?: number; readonly as?: 'owner' } = {}): string {
  const { statementS = STATEMENT_S, as } = options
  const all = Object.entries({ ...SESSION, statement_timeout: `'${statementS}s'` })
  const settings = as === 'owner' ? all.filter(([name]) => !SUPERUSERS.includes(name)) : all
  return [
    ...settings.map(([name, value]) => `SET ${name} = ${value};`),
    `SELECT set_config(name, '0', false) FROM pg_settings WHERE name IN ${YOUNGER} \\g /dev/null\n`,
  ].join('\n')
}

/** Of a row of pg_settings: what SHOW prints in a session that has set nothing of its own. */
export const SHOWN_TO_ALL =
  'CASE WHEN setting = reset_val THEN current_setting(name) ELSE concat(reset_val, unit) END'

/**
 * A psql of ours that has an end, whatever the server does. Its input begins with sessionSql.
 * @param words psql and its options
 * @param statementS how long a statement may take, in seconds
 * @returns the words that run it on a machine
 */
export function bounded(words: readonly string[], statementS = STATEMENT_S): readonly string[] {
  const ends = ['timeout', '-k', '5', String(processS(statementS))]
  return ['env', `PGCONNECT_TIMEOUT=${CONNECT_S}`, ...ends, ...words]
}

/** Behind all the limits that PostgreSQL itself keeps: a server may hang in the middle of a statement. In seconds. */
export function processS(statementS: number): number {
  return CONNECT_S + statementS + 5
}

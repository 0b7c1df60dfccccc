import { postgresHas } from '../catalog/postgres-features.ts'
import type { BackupNode, Lab } from '../lab.ts'
import { psqlEvidence } from '../postgres/evidence.ts'
import { literal } from '../postgres/sql.ts'
import { type Check, lookAt, type Seen, withPrimary } from './support/check.ts'

interface RoleRow {
  readonly role: string
  /** LOGIN, REPLICATION, SUPERUSER, … */
  readonly attributes: readonly string[]
  readonly member_of: readonly string[]
  /** Functions EXECUTE was granted on to the role itself. */
  readonly may_execute: readonly string[]
  readonly password: string
}

/** What a role may, no less and no more. */
interface WantedRole {
  readonly role: string
  readonly attributes: readonly string[]
  readonly memberOf: readonly string[]
  readonly mayExecute: readonly string[]
}

/** What pg_rewind needs of its source. */
const REWIND_FUNCTIONS = [
  'pg_ls_dir(text, boolean, boolean)',
  'pg_read_binary_file(text)',
  'pg_read_binary_file(text, bigint, bigint, boolean)',
  'pg_stat_file(text, boolean)',
]

export const roles: Check = {
  id: 'roles',
  title: 'Each user has the rights it needs and no other',
  run: (lab, guest) =>
    withPrimary('roles', lab, guest, (primary) =>
      lookAt('roles', primary, async () => {
        const wanted = wantedRoles(lab)
        const sql = rolesSql(wanted.map(({ role }) => role))
        const superusersSql = `SELECT rolname AS role FROM pg_roles WHERE rolsuper AND rolname <> 'postgres' ORDER BY 1`
        const [rows, superusers] = await Promise.all([
          guest.rows<RoleRow>(primary, sql),
          guest.rows<{ role: string }>(primary, superusersSql),
        ])
        const evidence = psqlEvidence(sql, rows)
        return [
          ...wanted.flatMap((role) => seeRole(role, rows).map((seen) => ({ ...seen, ...evidence }))),
          {
            ...seeSuperusers(superusers.map(({ role }) => role)),
            ...psqlEvidence(superusersSql, superusers),
          },
        ]
      }),
    ),
}

function wantedRoles(lab: Lab): readonly WantedRole[] {
  const streams = (role: string): WantedRole => ({
    role,
    attributes: ['LOGIN', 'REPLICATION'],
    memberOf: [],
    mayExecute: [],
  })
  const { backup, replication } = lab
  const rewinds = {
    role: replication.rewindUser,
    attributes: ['LOGIN'],
    memberOf: [],
    mayExecute: REWIND_FUNCTIONS,
  }
  const standbys = [streams(replication.user), rewinds]
  return backup ? [...standbys, streams(backup.streamingUser), backsUp(lab, backup)] : standbys
}

/** What Barman asks for (has_backup_privileges in its postgres.py), and a checkpoint for `switch-wal --force`. */
function backsUp({ postgres }: Lab, { user, userReplicates }: BackupNode): WantedRole {
  const functions = postgresHas(postgres.version, 'backup_start')
    ? ['pg_backup_start(text, boolean)', 'pg_backup_stop(boolean)']
    : ['pg_start_backup(text, boolean, boolean)', 'pg_stop_backup()', 'pg_stop_backup(boolean, boolean)']
  return {
    role: user,
    attributes: userReplicates ? ['LOGIN', 'REPLICATION'] : ['LOGIN'],
    memberOf: [
      ...(postgresHas(postgres.version, 'checkpoint_role') ? ['pg_checkpoint'] : []),
      'pg_read_all_settings',
      'pg_read_all_stats',
    ],
    mayExecute: [...functions, 'pg_create_restore_point(text)', 'pg_switch_wal()'].toSorted(),
  }
}

function rolesSql(names: readonly string[]): string {
  return `SELECT a.rolname AS role,
  array_remove(ARRAY[CASE WHEN a.rolsuper THEN 'SUPERUSER' END, CASE WHEN a.rolcreaterole THEN 'CREATEROLE' END,
    CASE WHEN a.rolcreatedb THEN 'CREATEDB' END, CASE WHEN a.rolbypassrls THEN 'BYPASSRLS' END,
    CASE WHEN a.rolcanlogin THEN 'LOGIN' END, CASE WHEN a.rolreplication THEN 'REPLICATION' END], NULL) AS attributes,
  ARRAY(SELECT g.rolname FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid
    WHERE m.member = a.oid ORDER BY g.rolname::text COLLATE "C") AS member_of,
  ARRAY(SELECT p.oid::regprocedure::text FROM pg_proc p, aclexplode(p.proacl) x
    WHERE x.grantee = a.oid AND x.privilege_type = 'EXECUTE' ORDER BY p.oid::regprocedure::text COLLATE "C") AS may_execute,
  CASE WHEN a.rolpassword LIKE 'SCRAM-SHA-256$%' THEN 'SCRAM' WHEN a.rolpassword IS NULL THEN 'none' ELSE 'MD5' END AS password
  FROM pg_authid a WHERE a.rolname IN (${names.map(literal).join(', ')}) ORDER BY a.rolname`
}

function seeRole(wanted: WantedRole, rows: readonly RoleRow[]): readonly Seen[] {
  const row = rows.find(({ role }) => role === wanted.role)
  const see = (
    what: string,
    expected: readonly string[],
    observed: readonly string[],
    remedy: string,
  ): Seen => ({
    what: `${what} of ${wanted.role}`,
    expected: expected.join(', ') || 'none',
    observed: row ? observed.join(', ') || 'none' : 'no such role',
    ok: row !== undefined && expected.join() === observed.join(),
    hint: row ? remedy : 'Make it again: npx create-pg-lab provision',
  })
  const executes = (row?.may_execute ?? []).map((name) => name.replaceAll(',', ', '))
  return [
    see(
      'attributes',
      wanted.attributes,
      row?.attributes ?? [],
      'Set them again: npx create-pg-lab provision',
    ),
    see(
      'memberships',
      wanted.memberOf,
      row?.member_of ?? [],
      grants(wanted.memberOf, row?.member_of ?? [], (name) => `REVOKE ${name} FROM ${wanted.role}`),
    ),
    see(
      'functions',
      wanted.mayExecute,
      executes,
      grants(wanted.mayExecute, executes, (name) => `REVOKE EXECUTE ON FUNCTION ${name} FROM ${wanted.role}`),
    ),
    see('password', ['SCRAM'], [row?.password ?? 'none'], 'Store it as SCRAM: npx create-pg-lab provision'),
  ]
}

/** Missing rights are given by the playbook; it takes none away, so surplus ones are named with their REVOKE. */
function grants(
  wanted: readonly string[],
  given: readonly string[],
  revoke: (right: string) => string,
): string {
  const surplus = given.filter((right) => !wanted.includes(right))
  if (surplus.length === 0) return 'Grant what is missing: npx create-pg-lab provision'
  return `It has more than it needs: sudo -u postgres psql ${surplus.map((right) => `-c "${revoke(right)}"`).join(' ')}`
}

function seeSuperusers(names: readonly string[]): Seen {
  return {
    what: 'superusers besides postgres',
    expected: 'none',
    observed: names.join(', ') || 'none',
    ok: names.length === 0,
    hint: `Nobody needs it here: sudo -u postgres psql ${names.map((name) => `-c 'ALTER ROLE "${name}" NOSUPERUSER'`).join(' ')}`,
  }
}

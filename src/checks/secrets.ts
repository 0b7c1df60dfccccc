import { type BackupNode, type LabNode, postgresNodes } from '../lab.ts'
import { barmanConfig, everything } from '../postgres/barman.ts'
import { psqlEvidence } from '../postgres/evidence.ts'
import type { Guest } from '../tools/ssh/guest-contract.ts'
import { type Check, lookAtBackup, lookAtEach, type Seen } from './support/check.ts'

interface SecretsRow {
  readonly data_directory_mode: string
  /** `primary_conninfo` says `password=`: readable for everybody who may see the settings. */
  readonly password_in_conninfo: boolean
}

const SQL = `SELECT current_setting('data_directory_mode') AS data_directory_mode,
  current_setting('primary_conninfo') ~* '(password *=|://[^/@]*:[^/@]*@)' AS password_in_conninfo`

/** The modes of PostgreSQL's data directory that it starts with itself. */
const PRIVATE_MODES = ['0700', '0750']

const PROVISION = 'Write it again: npx create-pg-lab provision'

export const secrets: Check = {
  id: 'secrets',
  title: 'Passwords are readable for their owners only',
  async run(lab, guest) {
    const findings = await Promise.all([
      lookAtEach('secrets', postgresNodes(lab), (node) => onServer(node, guest)),
      lookAtBackup('secrets', lab, (backup) => onBackup(backup, guest)),
    ])
    return findings.flat()
  },
}

async function onServer(node: LabNode, guest: Guest): Promise<readonly Seen[]> {
  const [rows, passfile] = await Promise.all([
    guest.rows<SecretsRow>(node, SQL),
    seePassfile(node, 'postgres', guest),
  ])
  const [row] = rows
  const evidence = psqlEvidence(SQL, rows)
  return [
    ...passfile,
    {
      what: 'mode of the data directory',
      expected: PRIVATE_MODES.join(' or '),
      observed: row?.data_directory_mode ?? 'unknown',
      ok: PRIVATE_MODES.includes(row?.data_directory_mode ?? ''),
      hint: `On ${node.name}: sudo -u postgres sh -c 'chmod 0700 "$(psql -XAtc "SHOW data_directory")"'`,
      ...evidence,
    },
    {
      what: 'password in primary_conninfo',
      expected: 'none',
      observed: row?.password_in_conninfo ? 'one' : 'none',
      ok: row?.password_in_conninfo === false,
      hint: `It belongs into the passfile. ${PROVISION}, then change it: npx create-pg-lab rotate`,
      ...evidence,
    },
  ]
}

async function onBackup(backup: BackupNode, guest: Guest): Promise<readonly Seen[]> {
  const [{ answer, config }, passfile] = await Promise.all([
    barmanConfig(guest, backup),
    seePassfile(backup, 'barman', guest),
  ])
  const spoken = `${config.conninfo} ${config.streaming_conninfo}`.includes('password')
  return [
    ...passfile,
    {
      what: 'password in Barman’s configuration',
      expected: 'none',
      observed: spoken ? 'one' : 'none',
      ok: !spoken,
      hint: `It belongs into ~barman/.pgpass. ${PROVISION}, then change it: npx create-pg-lab rotate`,
      command: answer.command,
    },
  ]
}

/** libpq's own place for passwords. A server that has never followed another has none, and needs none. */
async function seePassfile(
  node: LabNode,
  user: 'postgres' | 'barman',
  guest: Guest,
): Promise<readonly Seen[]> {
  const output = await guest.shell(node, ['sh', '-c', `stat -c "%a %U" ~${user}/.pgpass`], { as: user })
  if (output.exitCode !== 0 && user === 'postgres') return []
  const observed = everything(output)
  return [
    {
      what: `mode and owner of ~${user}/.pgpass`,
      expected: `600 ${user}`,
      observed,
      ok: observed === `600 ${user}`,
      hint: `libpq ignores a file that others may read. On ${node.name}: sudo sh -c 'chown ${user}: ~${user}/.pgpass && chmod 600 ~${user}/.pgpass'`,
      command: `sudo sh -c 'stat -c "%a %U" ~${user}/.pgpass'`,
      output: observed,
    },
  ]
}

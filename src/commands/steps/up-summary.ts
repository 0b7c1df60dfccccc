import { can } from '../../catalog/providers/index.ts'
import { type Lab, postgresNodes } from '../../lab.ts'
import { LAB_FILES } from '../../lab-files.ts'
import type { Applying } from '../../plan/nothing-to-apply.ts'
import { appliedBefore } from '../../plan/show.ts'
import type { Paint } from '../../show.ts'
import { duration } from '../../tasks/task.ts'
import { type Recap, showRecap } from './provision.ts'

const PORT = 5432

/** Ports of this computer that lead to the servers, counted on from here. */
const FIRST_LOCAL_PORT = 15_432

/** The demo database at one place, without a password: libpq asks for it, or finds it in ~/.pgpass. */
function connectionUri({ database }: Lab, place: string): string {
  return `postgresql://${database.owner}@${place}/${database.name}`
}

/** Where this computer finds each server; behind a tunnel of ssh, and how to open it, where their addresses are out of its reach. */
function connections(
  lab: Lab,
  system: string,
): { readonly uris: readonly SummaryRow[]; readonly tunnel?: string } {
  const nodes = postgresNodes(lab)
  const reached = can(lab).beReached[lab.network.mode]
  if (reached === 'everywhere' || reached.includes(system)) {
    return { uris: nodes.map(({ name, address }) => [name, connectionUri(lab, `${address}:${PORT}`)]) }
  }
  const port = (at: number) => FIRST_LOCAL_PORT + at
  // Through one machine to all: its own address is one of those that pg_hba.conf lets in.
  const ways = nodes.map(({ address }, at) => `-L ${port(at)}:${address}:${PORT}`)
  return {
    uris: nodes.map(({ name }, at) => [name, connectionUri(lab, `localhost:${port(at)}`)]),
    tunnel: `ssh -F ${LAB_FILES.sshConfig.path} -S none -N ${ways.join(' ')} ${lab.master.name}`,
  }
}

/**
 * What the lab is now, and what to do with it.
 * @param applying whether Ansible had to run
 * @param system this computer's, as Node calls it
 */
export function showClosing(
  lab: Lab,
  {
    recap,
    applying,
    durationMs,
    system,
  }: {
    readonly recap: Recap
    readonly applying: Applying
    readonly durationMs: number
    readonly system: string
  },
  paint: Paint,
): string {
  const { uris, tunnel } = connections(lab, system)
  return [
    '',
    `${paint('green', '✔')} ${paint('bold', `The lab is up and verified, in ${duration(durationMs)}`)}`,
    '',
    ...table(uris, paint),
    ...(tunnel ? [`  They lead there while this runs: ${tunnel}`] : []),
    `  The password of ${lab.database.owner} is in ${secretFile(lab)}`,
    '',
    ...table(thingsToTry(lab), paint),
    '',
    'why' in applying ? `  Ansible: ${showRecap(recap, lab)}` : `  ${appliedBefore(applying)}`,
    ...lab.warnings.map((warning) => `  ${paint('yellow', '!')} ${warning}`),
  ].join('\n')
}

/** Where the role's password was generated; the roles keep one file a user. */
function secretFile({ database }: Lab): string {
  return `${LAB_FILES.secrets.path}/${database.owner}`
}

type SummaryRow = readonly [left: string, right: string]

function table(rows: readonly SummaryRow[], paint: Paint): readonly string[] {
  const width = Math.max(...rows.map(([left]) => left.length))
  return rows.map(([left, right]) => `  ${paint('bold', left.padEnd(width))}  ${right}`)
}

function thingsToTry({ slaves: [slave], backup, database }: Lab): readonly SummaryRow[] {
  const onSlave: SummaryRow[] = slave
    ? [[`npx create-pg-lab psql ${slave.name}`, 'the same on a standby, which only reads']]
    : []
  const onBackup: SummaryRow[] = backup
    ? [[`npx create-pg-lab ssh ${backup.name}`, `a shell: sudo -u barman barman check ${backup.server}`]]
    : []
  return [
    ['npx create-pg-lab psql', `${database.name} on the primary: insert into ${database.table}`],
    ...onSlave,
    ...onBackup,
    ['npx create-pg-lab verify', 'prove it again'],
    ['npx create-pg-lab halt', 'stop the machines; up starts them again'],
  ]
}

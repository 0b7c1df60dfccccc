import type { Lab } from '../../lab.ts'
import { LAB_FILES } from '../../lab-files.ts'
import type { Paint } from '../../paint.ts'
import type { Applying } from '../../plan/nothing-to-apply.ts'
import { appliedBefore } from '../../plan/show.ts'
import { type Connections, connectionUris } from '../../postgres/connections.ts'
import { duration } from '../../tasks/task.ts'
import { type Recap, showRecap } from './provision.ts'

/**
 * What the lab is now, and what to do with it.
 * @param applying whether Ansible had to run
 * @param authority the lab's own, as a file of this computer
 */
export function showClosing(
  lab: Lab,
  {
    recap,
    applying,
    durationMs,
    connections,
    authority,
  }: {
    readonly recap: Recap
    readonly applying: Applying
    readonly durationMs: number
    readonly connections: Connections
    readonly authority: string
  },
  paint: Paint,
): string {
  const { tunnel } = connections
  return [
    '',
    `${paint('green', '✔')} ${paint('bold', `The lab is up and verified, in ${duration(durationMs)}`)}`,
    '',
    ...table(connectionUris(lab, connections, authority), paint),
    ...(tunnel ? [`  They lead there while this runs: ${tunnel}`] : []),
    `  The password of ${lab.database.owner} is in ${secretFile(lab)}. psql finds all of it:`,
    `  PGSERVICEFILE=${LAB_FILES.services.path} psql service=${lab.master.name}`,
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
    ['npx create-pg-lab drill', 'rehearse a bad day'],
    ['npx create-pg-lab report', 'write the evidence to hand in'],
    ['npx create-pg-lab halt', 'stop the machines; up starts them again'],
  ]
}

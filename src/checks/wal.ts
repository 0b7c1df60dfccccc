import type { BackupNode, LabNode } from '../lab.ts'
import type { Guest } from '../tools/contracts.ts'
import { barmanCommand, barmanConfig, everything } from './barman.ts'
import { type Check, lookAtBackup, type Seen, withPrimary } from './check.ts'
import { psqlEvidence } from './evidence.ts'

/*
 * Closes the segment being written and begins the next one: pg_receivewal hands a segment over only when the
 * first byte of the next arrives. The message makes the switch take place on an idle server too, and the commit
 * of its transaction, written and flushed behind the switch, is that first byte. `barman switch-wal` does
 * neither, and waits until something else writes; with --force, Barman before 3.5 wants a superuser.
 */
const SWITCH_SQL = `SELECT pg_walfile_name(pg_switch_wal()) AS segment
  FROM pg_logical_emit_message(true, 'pg-lab', 'verify')`

/** Each turn takes Barman a third of a second or more. */
const TURNS = 20

/*
 * Files what has arrived, as Barman's cron job does each minute, until the segment lies in the archive.
 * `barman get-wal` would also give a segment that has arrived and cannot be filed.
 * $1 is the server, $2 its wals_directory, $3 the segment, $4 the number of turns.
 */
const AWAIT_SEGMENT = `turn=0
until [ -n "$(find "$2" -name "$3")" ]; do
  turn=$((turn + 1))
  [ "$turn" -le "$4" ] || exit 1
  barman archive-wal "$1"
done`

export const wal: Check = {
  id: 'wal',
  title: 'WAL arrives in Barman’s archive',
  run: (lab, guest) =>
    withPrimary('wal', lab, guest, (primary) =>
      lookAtBackup('wal', lab, (backup) => look(primary, backup, guest)),
    ),
}

async function look(primary: LabNode, backup: BackupNode, guest: Guest): Promise<readonly Seen[]> {
  const [rows, { config }] = await Promise.all([
    guest.rows<{ segment: string }>(primary, SWITCH_SQL),
    barmanConfig(guest, backup),
  ])
  const segment = rows[0]?.segment ?? ''
  const { server } = backup
  const argv = [
    'sh',
    '-c',
    AWAIT_SEGMENT,
    'sh',
    server,
    String(config.wals_directory),
    segment,
    String(TURNS),
  ]
  const output = await guest.shell(backup, argv, { as: 'barman', timeoutMs: 60_000 })
  const switched = psqlEvidence(SWITCH_SQL, rows)
  const arrived = output.exitCode === 0
  return [
    {
      what: 'WAL from a forced switch',
      expected: `${segment} in the archive`,
      observed: arrived ? `${segment} in the archive` : `${segment} has not arrived`,
      ok: arrived,
      hint:
        `receive-wal does not run, or Barman cannot file what it receives. On ${backup.name}: ` +
        `sudo -u barman barman cron; sudo -u barman barman archive-wal ${server}; sudo -u barman barman check ${server}`,
      command: `${switched.command}; ${barmanCommand(['archive-wal', server])}`,
      output: [switched.output, everything(output)].filter(Boolean).join('\n'),
    },
  ]
}

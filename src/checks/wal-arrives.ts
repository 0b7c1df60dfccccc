import type { BackupNode, LabNode } from '../lab.ts'
import { barmanCommand, everything } from '../postgres/barman.ts'
import { psqlEvidence } from '../postgres/evidence.ts'
import { archiveWal, SWITCH_SQL } from '../postgres/wal.ts'
import type { Guest } from '../tools/ssh/guest-contract.ts'
import { type Check, lookAtBackupOf, type Seen } from './support/check.ts'

export const wal: Check = {
  id: 'wal',
  title: 'WAL arrives in Barman’s archive',
  writes: true,
  run: (lab, guest) =>
    lookAtBackupOf('wal', lab, guest, (backup, primary) => lookAtArchive(primary, backup, guest)),
}

async function lookAtArchive(primary: LabNode, backup: BackupNode, guest: Guest): Promise<readonly Seen[]> {
  const { segment, arrived, rows, output } = await archiveWal(primary, backup, guest)
  const { server } = backup
  const switched = psqlEvidence(SWITCH_SQL, rows)
  return [
    {
      what: 'WAL from a forced switch',
      expected: `${segment} in the archive`,
      observed: arrived ? `${segment} in the archive` : `${segment} has not arrived`,
      ok: arrived,
      hint:
        `receive-wal does not run, or Barman cannot archive what it receives. On ${backup.name}: ` +
        `sudo -u barman barman cron; sudo -u barman barman archive-wal ${server}; sudo -u barman barman check ${server}`,
      command: `${switched.command}; ${barmanCommand(['archive-wal', server])}`,
      output: [switched.output, everything(output)].filter(Boolean).join('\n'),
    },
  ]
}

import type { BackupNode, Lab, LabNode } from '../lab.ts'
import { applicationOf, everything } from '../postgres/barman.ts'
import { psqlEvidence } from '../postgres/evidence.ts'
import { synchronousNames } from '../postgres/topology.ts'
import type { Guest } from '../tools/ssh/guest-contract.ts'
import { type Check, lookAt, lookAtBackup, type Seen, withPrimary } from './support/check.ts'

interface SyncRow {
  readonly names: string
  readonly synchronous: readonly string[]
}

const SQL = `SELECT current_setting('synchronous_standby_names') AS names,
  ARRAY(SELECT application_name FROM pg_stat_replication
    WHERE sync_state IN ('sync', 'quorum') AND state = 'streaming' ORDER BY 1) AS synchronous`

export const synchronous: Check = {
  id: 'synchronous',
  title: 'Commits wait for as many slaves as the config says',
  run: async (lab, guest) => [
    ...(await withPrimary('synchronous', lab, guest, (primary) =>
      lookAt('synchronous', primary, () => lookAtSynchronous(lab, primary, guest)),
    )),
    ...(lab.backup?.synchronous
      ? await lookAtBackup('synchronous', lab, async (backup) => [await seeReceiver(backup, guest)])
      : []),
  ],
}

async function lookAtSynchronous(lab: Lab, primary: LabNode, guest: Guest): Promise<readonly Seen[]> {
  const rows = await guest.rows<SyncRow>(primary, SQL)
  const { names, synchronous: waitedFor } = rows[0] ?? { names: '', synchronous: [] }
  const barman = lab.backup?.synchronous ? [applicationOf(lab.backup)] : []
  const count = lab.replication.synchronousCount + barman.length
  const wanted = synchronousNames(lab, primary)
  const evidence = psqlEvidence(SQL, rows)
  const list: Seen = {
    what: 'synchronous_standby_names',
    expected: wanted || 'empty (asynchronous)',
    observed: names || 'empty (asynchronous)',
    ok: plain(names) === plain(wanted),
    hint: 'Write it again: npx create-pg-lab provision',
    ...evidence,
  }
  const enough: Seen = {
    what: 'synchronous standbys that stream',
    expected: count === 0 ? 'none' : [`at least ${count}`, ...barman].join(', with '),
    observed: waitedFor.join(', ') || 'none',
    ok:
      count === 0
        ? waitedFor.length === 0
        : waitedFor.length >= count && barman.every((one) => waitedFor.includes(one)),
    hint:
      waitedFor.length < count
        ? 'Every commit hangs until enough of them stream. Start what is missing: npx create-pg-lab up'
        : 'Write synchronous_standby_names again: npx create-pg-lab provision',
    ...evidence,
  }
  return [list, enough]
}

/** Without it Barman says that it has a commit when the WAL file is full. */
async function seeReceiver(backup: BackupNode, guest: Guest): Promise<Seen> {
  const pattern = 'pg_receivewal .*--synchronous'
  const output = await guest.shell(backup, ['pgrep', '-u', 'barman', '-f', pattern], { as: 'barman' })
  return {
    what: 'pg_receivewal --synchronous',
    expected: 'runs',
    observed: output.exitCode === 0 ? 'runs' : 'does not run',
    ok: output.exitCode === 0,
    hint: 'Every commit waits until a WAL file is full. Start it again: npx create-pg-lab provision',
    command: `sudo -u barman pgrep -u barman -af "${pattern}"`,
    output: everything(output),
  }
}

function plain(names: string): string {
  return names.replace(/[\s"]+/g, '').toLowerCase()
}

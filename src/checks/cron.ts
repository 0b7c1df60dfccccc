import { CRON_SERVICES } from '../catalog/os.ts'
import { barmanPaths } from '../guest-paths.ts'
import type { BackupNode, Lab } from '../lab.ts'
import { everything } from '../postgres/barman.ts'
import { onceAGuest } from '../tools/ssh/ask-once.ts'
import type { Guest } from '../tools/ssh/guest-contract.ts'
import { type Check, lookAtBackup, type Seen } from './support/check.ts'

/** What Debian's newer packages of Barman have in the place of a crontab. */
const TIMER = 'barman.timer'

export const cron: Check = {
  id: 'cron',
  title: 'cron runs Barman, and Barman keeps receive-wal running',
  run: (lab, guest) => lookAtBackup('cron', lab, (backup) => lookAtCron(lab, backup, guest)),
}

async function lookAtCron(lab: Lab, backup: BackupNode, guest: Guest): Promise<readonly Seen[]> {
  return Promise.all([seeService(lab, backup, guest), seeJob(backup, guest), seeReceiveWal(backup, guest)])
}

async function seeService(lab: Lab, backup: BackupNode, guest: Guest): Promise<Seen> {
  const service = CRON_SERVICES[lab.os.family]
  const output = await guest.shell(backup, ['systemctl', 'is-active', service])
  return {
    what: `service ${service}`,
    expected: 'active',
    observed: output.stdout.trim() || everything(output),
    ok: output.exitCode === 0,
    hint: `Without it nothing restarts receive-wal and no backup is taken. On ${backup.name}: sudo systemctl enable --now ${service}`,
    command: `systemctl is-active ${service}`,
    output: everything(output),
  }
}

/*
 * Packages for systemd bring a timer, and a line that does nothing where systemd runs. Twice a minute is too often: two
 * that run at once wait for each other, and all of Barman's housekeeping is done twice.
 */
async function seeJob(backup: BackupNode, guest: Guest): Promise<Seen> {
  const [timer, jobs] = await Promise.all([
    guest.shell(backup, ['systemctl', 'is-active', TIMER]),
    barmanJobs(guest, backup),
  ])
  const lines = jobs.filter(
    (line) => /\bbarman\b.*\scron\b/.test(line) && !line.includes('/run/systemd/system'),
  )
  const runs = [...(timer.exitCode === 0 ? [TIMER] : []), ...lines]
  return {
    what: 'barman cron every minute',
    expected: 'once, by a timer or a line in a crontab',
    observed: runs.join('; ') || 'none',
    ok: runs.length === 1 && /^(\* \* \* \* \*|barman\.timer)/.test(runs[0] ?? ''),
    hint:
      runs.length > 1
        ? `It runs ${runs.length} times a minute. Leave the package’s own, and take the others out of the crontabs on ${backup.name}`
        : 'Schedule Barman again: npx create-pg-lab provision',
    command: `systemctl is-active ${TIMER}; ${jobsCommand()}`,
    output: [everything(timer), ...jobs].join('\n'),
  }
}

/** What a person types for them. */
export function jobsCommand(): string {
  return `sudo grep -rhs barman ${barmanPaths().crontabs.join(' ')}`
}

/** The lines of all crontabs that run Barman. */
export const barmanJobs = onceAGuest(async (guest, backup: BackupNode): Promise<readonly string[]> => {
  const output = await guest.shell(backup, ['grep', '-rhs', 'barman', ...barmanPaths().crontabs], {
    as: 'root',
  })
  return output.stdout
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
})

async function seeReceiveWal(backup: BackupNode, guest: Guest): Promise<Seen> {
  const pattern = `receive-wal ${backup.server}$` // and not of a server whose name only begins so
  const output = await guest.shell(backup, ['pgrep', '-u', 'barman', '-af', pattern], {
    as: 'barman', // on a host with hidepid nobody else sees it
  })
  return {
    what: 'process receive-wal',
    expected: 'alive',
    observed: output.exitCode === 0 ? 'alive' : 'none',
    ok: output.exitCode === 0,
    hint: `Barman’s cron job starts it. On ${backup.name}: sudo -u barman barman cron`,
    command: `sudo -u barman pgrep -u barman -af "${pattern}"`,
    output: everything(output),
  }
}

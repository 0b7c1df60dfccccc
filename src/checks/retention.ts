import { barmanPaths } from '../guest-paths.ts'
import type { BackupNode } from '../lab.ts'
import { barmanConfig } from '../postgres/barman.ts'
import type { Guest } from '../tools/ssh/guest-contract.ts'
import { barmanJobs, jobsCommand } from './cron.ts'
import { type Check, lookAtBackup, type Seen } from './support/check.ts'

const PROVISION = 'Write Barman’s files again: npx create-pg-lab provision'

export const retention: Check = {
  id: 'retention',
  title: 'Backups are taken and kept as the config says',
  run: (lab, guest) =>
    lookAtBackup('retention', lab, async (backup) => {
      const schedules = [
        seeSchedule(backup, guest, 'schedule of the base backup', backup.schedule),
        ...(backup.incremental
          ? [seeSchedule(backup, guest, 'schedule of the incremental backup', backup.incremental.schedule)]
          : []),
      ]
      const [kept, ...taken] = await Promise.all([seeKept(backup, guest), ...schedules])
      return [...kept, ...taken]
    }),
}

async function seeKept(backup: BackupNode, guest: Guest): Promise<readonly Seen[]> {
  const { answer, config } = await barmanConfig(guest, backup)
  const see = (name: string, expected: string): Seen => {
    const observed = String(config[name] ?? 'none')
    return {
      what: name,
      expected,
      observed,
      ok: observed === expected,
      hint: PROVISION,
      command: answer.command,
      output: `${name}: ${observed}`,
    }
  }
  return [
    see('retention_policy', backup.retentionPolicy),
    see('minimum_redundancy', String(backup.minimumRedundancy)),
    see('compression', backup.compression),
  ]
}

async function seeSchedule(backup: BackupNode, guest: Guest, what: string, schedule: string): Promise<Seen> {
  // Barman may look after others too; `mas` is not `master`.
  const isOurs = (line: string) => line.split(/\s+/).some((word) => word === backup.server || word === 'all')
  const isOfKind = (line: string) => line.includes(' --incremental ') === what.includes('incremental')
  const jobs = (await barmanJobs(guest, backup)).filter(
    (line) => / backup\b/.test(line) && isOurs(line) && isOfKind(line),
  )
  return {
    what,
    expected: schedule,
    observed: jobs.join('; ') || 'none',
    ok: jobs.length === 1 && jobs[0]?.startsWith(`${schedule} barman `) === true,
    hint:
      jobs.length > 1
        ? `It is taken by ${jobs.length} jobs. Take those out of the crontabs on ${backup.name} that are not in ${barmanPaths().crontab}`
        : PROVISION,
    command: jobsCommand(),
    output: jobs.join('\n'),
  }
}

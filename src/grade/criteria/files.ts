import { type Code, modulesIn, textAt } from '../code.ts'
import type { AskedFile } from '../grade-words.ts'
import type { Submission } from '../submission.ts'
import { byFaults, type Criterion } from './criterion.ts'
import { findLine, placeOf } from './places.ts'

/** A line of pg_hba.conf for replication, with a template in any of its fields. */
const HBA =
  /(?:\bhost(?:no)?(?:ssl|gssenc)?|\}\})\s+(?:\w+,)*replication(?:,\w+)*\s+\S.*\b(?:scram-sha-256|md5|cert|trust|password|gss|ldap)\b/
const SETTINGS =
  /\b(?:primary_conninfo|wal_level|max_wal_senders|hot_standby|max_replication_slots|listen_addresses)\b/
const BARMAN = /\b(?:streaming_)?conninfo\s*[=:]\s*\S|\bbackup_method\s*[=:]/
const SCRIPT = /\b(?:pg_basebackup|pg_dump(?:all)?|pgbackrest|wal-g|barman backup)\b/
const CRON = /(?:^|[\s"'/.])cron(?:tab)?\b|OnCalendar/m

const PATTERN =
  "grep -rnE 'replication.*(scram|md5|cert)|wal_level|conninfo|cron' --include=*.yml --include=*.j2 --include=*.conf --include=*.sh ."

/** What the task asks for, as far as it lies in files. */
export const files: Criterion = {
  id: 'files',
  judge({ submission, code, words: { seen } }) {
    const found = whereAre(submission, code)
    const names = Object.keys(found) as AskedFile[]
    const missing = names.filter((name) => found[name] === undefined)
    return byFaults(
      missing.map((name) => seen.missing[name]),
      {
        seen: names.map((name) => seen.there[name](found[name] ?? '')),
        command: `ls; ${PATTERN}`,
      },
    )
  },
}

function whereAre(submission: Submission, code: Code): Readonly<Record<AskedFile, string | undefined>> {
  const named = (pattern: RegExp) => submission.files.find(({ path }) => pattern.test(path))?.path
  return {
    readme: named(/^readme(\.\w+)*$/i) ?? named(/(^|\/)readme(\.\w+)*$/i),
    vagrantfile: vagrantfileOf(submission),
    playbook: code.maps.find(isPlay)?.path,
    settings: placeOf(findLine(code, SETTINGS)),
    hba: placeOf(findLine(code, HBA)) ?? hbaModule(code),
    backup:
      placeOf(findLine(code, BARMAN, ({ text }) => !/primary_conninfo/.test(text))) ?? backupScript(code),
  }
}

export function vagrantfileOf({ files: all }: Pick<Submission, 'files'>): string | undefined {
  const paths = all.map(({ path }) => path)
  return (
    paths.find((path) => path === 'Vagrantfile') ?? paths.find((path) => /^[^/]+\/Vagrantfile$/.test(path))
  )
}

function isPlay({ members, isTop }: Code['maps'][number]): boolean {
  return (
    isTop && ('hosts' in members || Object.keys(members).some((key) => /(^|\.)import_playbook$/.test(key)))
  )
}

function hbaModule(code: Code): string | undefined {
  return code.maps.find((map) =>
    modulesIn(map, 'postgresql_pg_hba').some((module) => textAt(module, 'databases').includes('replication')),
  )?.path
}

/** What cron starts: a script that lies here, or the command itself. */
function backupScript(code: Code): string | undefined {
  const isScheduled = code.files.some(({ text }) => CRON.test(text))
  const isScript = ({ path }: { readonly path: string }) => /backup|dump|\.(sh|cron)/i.test(path)
  const script = isScheduled ? placeOf(findLine(code, SCRIPT, isScript)) : undefined
  const job = code.maps.find((map) =>
    modulesIn(map, 'cron').some((module) => SCRIPT.test(textAt(module, 'job'))),
  )
  return script ?? job?.path
}

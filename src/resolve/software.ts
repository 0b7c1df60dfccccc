import { BARMAN_SINCE, barmanHas, featureOf } from '../catalog/barman.ts'
import { type Architecture, DEFAULT_OS, type ProviderName } from '../catalog/names.ts'
import type { Box, Os } from '../catalog/os.ts'
import { DEFAULT_PGDG_VERSION, OPERATING_SYSTEMS, osCarrying, ownBoxName, PGDG } from '../catalog/os.ts'
import { postgresHas } from '../catalog/postgres-features.ts'
import { can } from '../catalog/providers/index.ts'
import type { Config } from '../config/schema.ts'
import type { Lab, Repository } from '../lab.ts'
import { machinesOf } from './machines.ts'
import type { AddProblem } from './problems.ts'

/** The box of every machine; `undefined` for docker, which builds its own image, and for servers that are there. */
export function resolveBox(
  config: Config,
  os: Os,
  provider: ProviderName,
  architecture: Architecture,
  report: AddProblem,
): Box | undefined {
  if (provider === 'ssh') return undefined
  if (provider === 'docker') {
    if (!os.dockerImage) {
      report(
        'os',
        `the docker provider cannot run ${os.title}`,
        'choose a Debian or Ubuntu, or another provider',
      )
    }
    return undefined
  }
  const { name, version, url } = config.box
  const known = os.boxes[provider]
  if (name) return { name, version, url }
  // A catalogue, as `box export` writes one, is of our own boxes.
  if (url) return { name: (!url.endsWith('.json') && known?.name) || ownBoxName(os), version, url }
  const own = resolveOwnBox(config, os, provider, architecture)
  if (own && !known?.architectures.includes(architecture)) return { name: own, version, url: undefined }
  if (!known?.architectures.includes(architecture)) {
    report(
      'os',
      `no box of ${os.title} is known for ${provider} on ${architecture}`,
      'name one in box.name, or choose another os or provider',
    )
  }
  return known && { name: known.name, version: version ?? known.version, url: known.url }
}

/** Debian and Ubuntu, whose packages mmdebstrap unpacks, on the architecture that build.sh makes disks for. */
export function resolveOwnBox(
  config: Config,
  os: Os,
  provider: ProviderName,
  architecture: Architecture,
): string | undefined {
  const own = ownBoxName(os)
  const isAnother = config.box.name !== undefined && config.box.name !== own
  const canBeMade = can({ provider }).buildBoxes && os.family === 'Debian' && architecture === 'amd64'
  return isAnother || !canBeMade ? undefined : own
}

/** Which PostgreSQL, and where its packages come from. */
export function resolvePostgres(
  config: Config,
  os: Os,
  report: AddProblem,
): { version: number; repository: Repository } {
  const { version, repository } = config.postgres
  if (repository === 'distro') {
    if (version !== undefined && version !== os.postgresVersion) {
      const other = osCarrying(version)
      report(
        'postgres.version',
        `${os.title} carries PostgreSQL ${os.postgresVersion}, not ${version}`,
        `set postgres.repository to 'pgdg'${other ? `, or os to '${other.name}'` : ''}`,
      )
    }
    checkCompression(config, os, report)
    if (config.backup && !os.barmanVersion) {
      report('postgres.repository', `${os.title} carries no Barman`, "set it to 'pgdg', or backup to false")
    }
    return { version: version ?? os.postgresVersion, repository: { kind: 'distro' } }
  }
  const source: Repository =
    repository === 'pgdg'
      ? { kind: 'pgdg', ...PGDG[os.family] }
      : { kind: 'mirror', url: repository.url, keyUrls: [repository.key] }
  return { version: version ?? DEFAULT_PGDG_VERSION, repository: source }
}

/** Whether the Barman of the distribution can compress WAL as it is asked to. */
function checkCompression({ backup }: Config, { title, barmanVersion }: Os, report: AddProblem): void {
  const feature = backup ? featureOf(backup.compression) : undefined
  if (!backup || feature === undefined || barmanVersion === undefined) return
  if (barmanHas(barmanVersion, feature)) return
  report(
    'backup.compression',
    `Barman ${barmanVersion} of ${title} has no ${backup.compression}, Barman ${BARMAN_SINCE[feature]} has`,
    "set it to 'gzip', or os to one with a newer Barman",
  )
}

/** Whether what base backups are to be can be had. @param version PostgreSQL's major */
export function checkBackupKinds(config: Config, version: number, report: AddProblem): void {
  const { backup, postgres, slaves, os } = config
  if (!backup) return
  const { title, barmanVersion } = OPERATING_SYSTEMS[os]
  const need = (path: string, feature: 'incremental' | 'backup_from_standby') => {
    if (postgres.repository !== 'distro' || !barmanVersion || barmanHas(barmanVersion, feature)) return
    const since = BARMAN_SINCE[feature]
    report(
      path,
      `Barman ${barmanVersion} of ${title} cannot do that, Barman ${since} can`,
      "leave it out, set postgres.repository to 'pgdg', or os to one with a newer Barman",
    )
  }
  const copied = backup.method === 'rsync' ? (['incremental', 'from'] as const) : []
  for (const name of copied.filter((name) => backup[name] !== undefined)) {
    report(
      `backup.${name}`,
      'is for base backups by pg_basebackup, and backup.method is rsync',
      "leave it out, or set backup.method to 'postgres'",
    )
  }
  if (backup.incremental !== undefined) {
    need('backup.incremental', 'incremental')
    if (!postgresHas(version, 'incremental_backup')) {
      report(
        'backup.incremental',
        `PostgreSQL ${version} has no incremental base backups, PostgreSQL 17 has`,
        'leave it out, or choose another postgres.version',
      )
    }
    const settings = [postgres.settings, ...slaves.map((slave) => slave.settings)]
    if (settings.some(({ summarize_wal: on = 'on' }) => !/^(on|true|yes|1)$/i.test(String(on)))) {
      report('postgres.settings.summarize_wal', 'is off, and backup.incremental needs it', 'leave it out')
    }
  }
  if (backup.from === undefined) return
  need('backup.from', 'backup_from_standby')
  const names = machinesOf(config).filter(({ seat }) => seat.role === 'slave')
  const at = names.findIndex(({ name }) => name === backup.from)
  if (at < 0) {
    const choice = names.map(({ name }) => name).join(', ')
    report(
      'backup.from',
      `no slave is called "${backup.from}"`,
      choice ? `choose from ${choice}` : 'leave it out, or add a slave',
    )
  } else if (slaves[at]?.applyDelay) {
    report(
      'backup.from',
      `"${backup.from}" replays late, and a copy of it would be as old`,
      'choose a slave without applyDelay',
    )
  }
}

/** Who runs Ansible. A guest needs one of Vagrant's keys for each machine, and a new enough Ansible of its own. */
export function resolveRunner(
  { runner }: Config,
  os: Os,
  provider: ProviderName,
  report: AddProblem,
): Lab['runner'] {
  if (runner === 'guest' && provider === 'ssh') {
    report('runner', 'guest is for machines that Vagrant makes', "set it to 'host'")
  }
  if (runner === 'guest' && !os.playsAnsible) {
    report(
      'runner',
      `${os.title} has no Ansible that is new enough`,
      `set it to 'host', or os to '${DEFAULT_OS}'`,
    )
  }
  return provider === 'ssh' || !os.playsAnsible ? 'host' : runner
}

/** Whether the Barman of this lab wants REPLICATION for its ordinary role. */
export function wantsReplication({ os, postgres }: Config): boolean {
  const { barmanVersion } = OPERATING_SYSTEMS[os]
  const isOwn = postgres.repository === 'distro' && barmanVersion !== undefined
  return isOwn && !barmanHas(barmanVersion, 'plain_role')
}

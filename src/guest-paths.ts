import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from './package-root.ts'
import { fromYaml } from './yaml.ts'

/*
 * The roles know the paths inside a machine. They are read there, so that they are said once; and only when somebody
 * asks, for it takes milliseconds.
 */

type Variables = Readonly<Record<string, unknown>>

const read = new Map<string, Variables>()

function variables(path: string): Variables {
  const known = read.get(path)
  if (known) return known
  const file = join(packageRoot(), 'provisioning', 'roles', path)
  const found = fromYaml(readFileSync(file, 'utf8')) as Variables
  read.set(path, found)
  return found
}

/** Puts variables in for `{{ name }}`, those in their values too. */
function filled(name: string, known: Variables): string {
  if (!(name in known)) throw new Error(`No role has a path ${name}`)
  return String(known[name]).replaceAll(/\{\{ *(\w+) *\}\}/g, (_, inner: string) => filled(inner, known))
}

/** Where a server keeps what is PostgreSQL's, as its packages lay it out. */
export interface PostgresPaths {
  /** Folder of postgresql.conf, pg_hba.conf and the standby's settings. */
  readonly configuration: string
  readonly data: string
  readonly programs: string
  /** Its log, or the folder it is in, unless the settings say another. */
  readonly log: string
}

export function postgresPaths({
  os,
  postgres,
}: {
  readonly os: { readonly family: string }
  readonly postgres: { readonly version: number }
}): PostgresPaths {
  const known = {
    ...variables('postgres/vars/common.yml'),
    ...variables(`postgres/vars/${os.family}.yml`),
    postgres_version: postgres.version,
  }
  return {
    configuration: filled('postgres_conf_directory', known),
    data: filled('postgres_data_directory', known),
    programs: filled('postgres_bin_directory', known),
    log: filled('postgres_log', known),
  }
}

/** Certificates on a server of PostgreSQL. */
export interface CertificatePaths {
  /** That of the lab's authority. */
  readonly authority: string
  /** The server's own, and the key of that. */
  readonly certificate: string
  readonly key: string
}

export function certificatePaths(): CertificatePaths {
  const folder = filled('postgres_tls_directory', variables('postgres/vars/common.yml'))
  return { authority: `${folder}/ca.crt`, certificate: `${folder}/server.crt`, key: `${folder}/server.key` }
}

/** On the backup host. */
export interface BarmanPaths {
  readonly home: string
  /** What pg-lab keeps there, in a folder that no server of Barman has. */
  readonly kept: string
  /** A server that is restored beside the cluster; its socket lies there too. */
  readonly restored: string
  readonly log: string
  /** Public halves of the keys by which sshd shows which host it is, as a shell finds them; on every host alike. */
  readonly hostKeys: string
  /** What a server may have carried out there over SSH. */
  readonly getWal: string
  /** The lab's own. */
  readonly crontab: string
  /** Everywhere crontab(5) and cron(8) look; a place that is not there is passed over. */
  readonly crontabs: readonly string[]
}

export function barmanPaths(): BarmanPaths {
  const known = variables('backup/vars/main.yml')
  return {
    home: filled('backup_home', known),
    kept: filled('backup_kept', known),
    restored: filled('backup_restored', known),
    log: filled('backup_log', known),
    hostKeys: filled('backup_host_keys', known),
    getWal: filled('backup_get_wal', known),
    crontab: filled('backup_crontab', known),
    crontabs: known.backup_crontabs as readonly string[],
  }
}

/** Where programs of PostgreSQL on the backup host find the server that is restored beside the cluster. */
export function restoredServer(): readonly string[] {
  const port = filled('postgres_restored_port', variables('postgres/vars/common.yml'))
  return ['-h', barmanPaths().restored, '-p', port]
}

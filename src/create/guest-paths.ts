import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Lab } from '../lab.ts'
import { packageRoot } from '../package-root.ts'
import { fromYaml } from '../yaml.ts'

/** Where a machine keeps what the README speaks of. */
export interface GuestPaths {
  /** Folder of postgresql.conf, pg_hba.conf and the standby's settings. */
  readonly configuration: string
  readonly data: string
  readonly barman: string
}

async function variables(path: string): Promise<Record<string, unknown>> {
  const file = join(packageRoot(), 'provisioning', 'roles', path)
  return fromYaml(await readFile(file, 'utf8')) as Record<string, unknown>
}

/** Puts variables in for `{{ name }}`, those in their values too. */
function filled(text: unknown, known: Readonly<Record<string, unknown>>): string {
  return String(text).replaceAll(/\{\{ *(\w+) *\}\}/g, (_, name: string) => filled(known[name], known))
}

/** The roles know the paths inside a machine; they are read there, so that they are said once. */
export async function guestPaths({ os, postgres }: Lab): Promise<GuestPaths> {
  const ofPostgres = await variables(`postgres/vars/${os.family}.yml`)
  const ofBackup = await variables('backup/vars/main.yml')
  const data = ofPostgres.postgres_package_data_directory
  const versions = { postgres_version: postgres.version, postgres_data_directory: data }
  const known: Record<string, unknown> = { ...ofPostgres, ...ofBackup, ...versions }
  return {
    configuration: filled(known.postgres_conf_directory, known),
    data: filled(data, known),
    barman: filled(ofBackup.backup_home, known),
  }
}

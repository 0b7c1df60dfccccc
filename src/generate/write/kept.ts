import { DEFAULT_OS, type OsName } from '../../catalog/names.ts'
import { DEFAULT_PGDG_VERSION, OPERATING_SYSTEMS, osCarrying } from '../../catalog/os.ts'
import type { LoadedConfig } from '../../config/load.ts'
import type { Config } from '../../config/schema.ts'
import { UserError } from '../../errors.ts'
import { LAB_FILES } from '../../lab-files.ts'
import { fromYaml } from '../../yaml.ts'
import { NODE_IMAGE_SETTINGS } from '../render/node-image.ts'
import { GROUP_VARS } from '../render/project.ts'
import { find, fromBytes } from './lab-paths.ts'

/** Where labs had the settings of their image before `provisioning/support` was made. */
const NODE_IMAGE_SETTINGS_BEFORE = 'provisioning/node-image.env'

/** What the files that were written last decide. */
interface Written {
  readonly os: OsName | undefined
  readonly version: number | undefined
}

interface Vars {
  readonly postgres_version?: number
  readonly postgres_repository?: { readonly suite?: string }
}

/**
 * Fills in what the config leaves to a default and a lab that is there has decided for good: its system, and the
 * PostgreSQL that holds its data. A default that moves on is for new labs alone.
 *
 * It is read from the files as they were written last, or in a fresh clone the files themselves.
 * @returns the config, and a sentence on each choice that a new lab would make otherwise
 * @throws UserError when the files are there and cannot be read
 */
export async function keepWhatIsThere(
  loaded: LoadedConfig,
): Promise<{ readonly config: Config; readonly notes: readonly string[] }> {
  const { config, directory, namesOs } = loaded
  const leavesVersion = config.postgres.repository !== 'distro' && config.postgres.version === undefined
  if (namesOs && !leavesVersion) return { config, notes: [] }
  const written = await readWritten(directory)
  const os = namesOs ? config.os : (written.os ?? DEFAULT_OS)
  const version = leavesVersion ? (written.version ?? DEFAULT_PGDG_VERSION) : config.postgres.version
  const notes = [
    ...(namesOs ? [] : aboutOs(os)),
    ...(leavesVersion ? aboutVersion(version, written.version !== undefined) : []),
  ]
  return { config: { ...config, os, postgres: { ...config.postgres, version } }, notes }
}

function aboutOs(os: OsName): readonly string[] {
  if (os === DEFAULT_OS) return []
  const [kept, current] = [OPERATING_SYSTEMS[os].title, OPERATING_SYSTEMS[DEFAULT_OS].title]
  return [
    `The config names no os: the lab stays on ${kept}, for which its files were written; a new one gets ${current}. To settle it: os: '${os}'`,
  ]
}

function aboutVersion(version: number | undefined, isKept: boolean): readonly string[] {
  const settle = `To settle it: postgres.version ${version}`
  if (!isKept) {
    return [
      `The config names no postgres.version: it becomes ${version}, and stays that in this lab. ${settle}`,
    ]
  }
  if (version === DEFAULT_PGDG_VERSION) return []
  return [
    `The config names no postgres.version: the lab stays on ${version}, for which its files were written; a new one gets ${DEFAULT_PGDG_VERSION}. ${settle}`,
  ]
}

async function readWritten(directory: string): Promise<Written> {
  const vars = variablesIn((await textOf(directory, GROUP_VARS)) ?? '')
  const settings =
    (await textOf(directory, NODE_IMAGE_SETTINGS)) ?? (await textOf(directory, NODE_IMAGE_SETTINGS_BEFORE))
  const [, image] = /^OS_NAME='(.*)'$/m.exec(settings ?? '') ?? []
  return { os: osNamed(image) ?? osOf(vars), version: vars.postgres_version }
}

async function textOf(directory: string, path: string): Promise<string | undefined> {
  const found = (await find(directory, `${LAB_FILES.base.path}/${path}`)) ?? (await find(directory, path))
  return found && fromBytes(found.text)
}

function variablesIn(yaml: string): Vars {
  try {
    return (fromYaml(yaml) ?? {}) as Vars
  } catch (cause) {
    throw new UserError(`${GROUP_VARS} cannot be read, so nobody can say which system this lab has`, {
      hint: 'name os and postgres.version in the config, or repair that file',
      cause,
    })
  }
}

function osNamed(name: string | undefined): OsName | undefined {
  return Object.values(OPERATING_SYSTEMS).find((os) => os.name === name)?.name
}

/** Only the image of docker's machines names the system; for the others the packages tell. */
function osOf({ postgres_version, postgres_repository }: Vars): OsName | undefined {
  const [, release] = /^(.+)-pgdg$/.exec(postgres_repository?.suite ?? '') ?? []
  if (release) return Object.values(OPERATING_SYSTEMS).find((os) => os.release === release)?.name
  return postgres_version === undefined ? undefined : osCarrying(postgres_version)?.name
}

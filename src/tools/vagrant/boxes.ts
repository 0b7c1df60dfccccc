import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

/** A box in Vagrant's own store. */
export interface StoredBox {
  readonly name: string
  readonly version: string
  readonly provider: string
  /** Its files. */
  readonly folder: string
  /** As its own metadata.json has it; many say nothing. */
  readonly architecture: string | undefined
  /** Hash of what build.sh made it of; `undefined` where somebody else made it. */
  readonly builtFrom: string | undefined
}

/** Where Vagrant keeps what is not one lab's. */
export function vagrantHome(env: NodeJS.ProcessEnv = process.env): string {
  return env.VAGRANT_HOME || join(homedir(), '.vagrant.d')
}

/** Where a box is made, before Vagrant gets it; the same as in provisioning/support/box/vagrant.rb. */
export function buildFolder(home: string): string {
  return join(home, 'pg-lab')
}

/**
 * What is in Vagrant's store, the newest version first; read from its folders, which costs no start of Ruby.
 * @param home see `vagrantHome`
 */
export function storedBoxes(home: string): readonly StoredBox[] {
  const root = join(home, 'boxes')
  return foldersIn(root)
    .flatMap((name) => foldersIn(join(root, name)).flatMap((version) => versionsOf(root, name, version)))
    .sort((one, other) => one.name.localeCompare(other.name) || byVersion(other, one))
}

/** Vagrant 2.4 has a folder for each architecture between version and provider. */
function versionsOf(root: string, name: string, version: string): readonly StoredBox[] {
  const folder = join(root, name, version)
  return foldersIn(folder).flatMap((inner) => {
    const isProvider = existsSync(join(folder, inner, 'metadata.json'))
    const providers = isProvider ? [inner] : foldersIn(join(folder, inner)).map((one) => join(inner, one))
    return providers.flatMap((path) => storedBox(name, version, join(folder, path)))
  })
}

function storedBox(folderName: string, version: string, folder: string): readonly StoredBox[] {
  try {
    const metadata = JSON.parse(readFileSync(join(folder, 'metadata.json'), 'utf8'))
    const { provider, architecture, made_by, built_from } = metadata
    const name = folderName.replaceAll('-VAGRANTSLASH-', '/').replaceAll('-VAGRANTCOLON-', ':')
    const builtFrom = made_by === 'create-pg-lab' ? String(built_from) : undefined
    return [{ name, version, provider, folder, architecture, builtFrom }]
  } catch {
    return [] // half removed: Vagrant does not count it either
  }
}

/** Whether it is this box; any version of it where none is named. */
export function isBox(
  one: StoredBox,
  wanted: { readonly name: string; readonly version?: string | undefined; readonly provider: string },
): boolean {
  const { name, version, provider } = wanted
  return one.name === name && one.provider === provider && (version === undefined || one.version === version)
}

/**
 * Whether there is a newer version of it.
 * @param boxes the newest version first, it among them
 */
export function isOutdated(one: StoredBox, boxes: readonly StoredBox[]): boolean {
  const { name, provider } = one
  return boxes.find((other) => isBox(other, { name, provider })) !== one
}

function byVersion(one: StoredBox, other: StoredBox): number {
  return one.version.localeCompare(other.version, 'en', { numeric: true })
}

function foldersIn(folder: string): readonly string[] {
  if (!existsSync(folder)) return []
  const entries = readdirSync(folder, { withFileTypes: true })
  return entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.')).map(({ name }) => name)
}

/** How much room a box takes in the store. */
export function boxBytes({ folder }: StoredBox): number {
  return readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0)
}

/** The boxes that machines of any lab on this computer were made from, as Vagrant remembers. */
export function isInUse(home: string, { name, version, provider }: StoredBox): boolean {
  try {
    const { machines } = JSON.parse(readFileSync(join(home, 'data', 'machine-index', 'index'), 'utf8'))
    const boxes = Object.values<{ extra_data?: { box?: Partial<StoredBox> } }>(machines).map(
      (machine) => machine.extra_data?.box,
    )
    return boxes.some(
      (box) => box?.name === name && box.version === version && String(box.provider) === provider,
    )
  } catch {
    return false // no machine was ever made
  }
}

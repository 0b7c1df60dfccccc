import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { ProviderName } from '../../catalog/names.ts'
import { LAB_FILES } from '../../lab-files.ts'
import type { ContainerShape } from '../../tools/docker/container-snapshots.ts'
import { machineFolder } from '../../tools/vagrant/machine-records.ts'

/** A machine of a snapshot. */
export interface SavedMachine {
  readonly name: string
  /** Of a container: the image that has its disk, and how to make it again. */
  readonly container?: { readonly image: string; readonly shape: ContainerShape }
}

/** The whole lab at a moment. */
export interface Snapshot {
  readonly name: string
  /** ISO 8601. */
  readonly at: string
  readonly provider: ProviderName
  /** In the order they stood still. */
  readonly machines: readonly SavedMachine[]
}

/** What of the lab's folder belongs to the machines: passwords they have, and keys that open them. */
const KEPT = [
  LAB_FILES.secrets,
  LAB_FILES.formerSecrets,
  LAB_FILES.tls,
  LAB_FILES.passwords,
  LAB_FILES.services,
  LAB_FILES.sshConfig,
  LAB_FILES.knownHosts,
].map(({ path }) => path)

const RECORD = 'snapshot.json'

function folderOf(directory: string, name: string): string {
  return join(directory, LAB_FILES.snapshots.path, name)
}

/** The oldest first. */
export function readSnapshots(directory: string): readonly Snapshot[] {
  const folder = join(directory, LAB_FILES.snapshots.path)
  const names = existsSync(folder) ? readdirSync(folder) : []
  return names
    .map((name) => join(folder, name, RECORD))
    .filter((file) => existsSync(file)) // one that was cut off while it was saved has none
    .map((file) => JSON.parse(readFileSync(file, 'utf8')) as Snapshot)
    .sort((a, b) => a.at.localeCompare(b.at))
}

/** Writes the record last: what has none is no snapshot. */
export function writeSnapshot(directory: string, snapshot: Snapshot): void {
  const folder = folderOf(directory, snapshot.name)
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  for (const [path, kept] of keptPaths(directory, snapshot)) {
    if (existsSync(path)) cpSync(path, kept, { recursive: true })
  }
  writeFileSync(join(folder, RECORD), `${JSON.stringify(snapshot, null, 2)}\n`)
}

/** The lab's folder has the passwords and keys of the machines again. */
export function bringBackKept(directory: string, snapshot: Snapshot): void {
  for (const [path, kept] of keptPaths(directory, snapshot)) {
    rmSync(path, { recursive: true, force: true })
    if (!existsSync(kept)) continue
    mkdirSync(dirname(path), { recursive: true })
    cpSync(kept, path, { recursive: true })
  }
}

export function forgetSnapshot(directory: string, { name }: Pick<Snapshot, 'name'>): void {
  rmSync(folderOf(directory, name), { recursive: true, force: true })
}

function keptPaths(
  directory: string,
  { name, machines, provider }: Snapshot,
): readonly (readonly [path: string, kept: string])[] {
  const folder = folderOf(directory, name)
  return [
    ...KEPT.map((path) => [join(directory, path), join(folder, path)] as const),
    ...machines.map((machine) => {
      const key = join(machineFolder(directory, machine.name, provider), 'private_key')
      return [key, join(folder, 'keys', machine.name)] as const
    }),
  ]
}

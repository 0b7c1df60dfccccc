import { BASE, find, fromBytes } from './places.ts'
import { GROUP_VARS, INVENTORY } from './project.ts'
import { fromYaml } from './yaml.ts'

/** A machine as the files that were written last describe it. */
export interface FormerNode {
  readonly name: string
  readonly role: 'master' | 'slave' | 'backup'
  readonly address: string
  /** Slot it streams through. */
  readonly slot: string
}

/** The lab as its files were written last: what the machines that are there were made from. */
export interface Former {
  /** PostgreSQL's major version; `undefined` when nothing was written yet. */
  readonly version: number | undefined
  readonly nodes: readonly FormerNode[]
}

const GROUPS = [
  ['masters', 'master'],
  ['slaves', 'slave'],
  ['backups', 'backup'],
] as const

interface Vars {
  readonly postgres_version?: number
  readonly postgres_nodes?: readonly {
    readonly name: string
    readonly address: string
    readonly slot: string
  }[]
  readonly postgres_backup_address?: string
  readonly postgres_backup_slot?: string
}

type Inventory = Readonly<Record<string, { readonly hosts?: Readonly<Record<string, unknown>> | null }>>

/** Reads the record of what was written last. Call it before the files are written anew. */
export async function readFormer(directory: string): Promise<Former> {
  const vars = await record<Vars>(directory, GROUP_VARS)
  const inventory = await record<Inventory>(directory, INVENTORY)
  const nodes = GROUPS.flatMap(([group, role]) =>
    Object.keys(inventory?.[group]?.hosts ?? {}).map((name) => ({
      name,
      role,
      ...placeOf(vars, name, role),
    })),
  )
  return { version: vars?.postgres_version, nodes }
}

async function record<Content>(directory: string, path: string): Promise<Content | undefined> {
  const found = await find(directory, `${BASE}/${path}`)
  return found && (fromYaml(fromBytes(found.text)) as Content)
}

function placeOf(vars: Vars | undefined, name: string, role: FormerNode['role']) {
  if (role === 'backup') {
    return { address: vars?.postgres_backup_address ?? '', slot: vars?.postgres_backup_slot ?? '' }
  }
  const node = vars?.postgres_nodes?.find((one) => one.name === name)
  return { address: node?.address ?? '', slot: node?.slot ?? '' }
}

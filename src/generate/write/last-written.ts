import { LAB_FILES } from '../../lab-files.ts'
import { fromYaml } from '../../yaml.ts'
import { GROUP_VARS, INVENTORY, VAGRANTFILE } from '../render/project.ts'
import { find, fromBytes } from './lab-paths.ts'

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
  /** PostgreSQL users the roles made. */
  readonly users: readonly string[]
  /** The demo database and its table; `''` when nothing was written yet. */
  readonly database: string
  readonly table: string
  /** Text of the Vagrantfile; `''` when there was none. */
  readonly vagrantfile: string
}

const GROUPS = [
  ['masters', 'master'],
  ['slaves', 'slave'],
  ['backups', 'backup'],
] as const

interface WrittenVars {
  readonly postgres_version?: number
  readonly postgres_nodes?: readonly {
    readonly name: string
    readonly address: string
    readonly slot: string
  }[]
  readonly postgres_backup_address?: string
  readonly postgres_backup_slot?: string
  readonly postgres_replication_user?: string
  readonly postgres_rewind_user?: string
  readonly postgres_database_owner?: string
  readonly postgres_backup_user?: string
  readonly postgres_backup_streaming_user?: string
  readonly postgres_database?: string
  readonly postgres_table?: string
}

type WrittenInventory = Readonly<
  Record<string, { readonly hosts?: Readonly<Record<string, unknown>> | null }>
>

/** Reads what was written last. Call it before the files are written again. */
export async function readFormer(directory: string): Promise<Former> {
  const vars = await record<WrittenVars>(directory, GROUP_VARS)
  const inventory = await record<WrittenInventory>(directory, INVENTORY)
  const nodes = GROUPS.flatMap(([group, role]) =>
    Object.keys(inventory?.[group]?.hosts ?? {}).map((name) => ({
      name,
      role,
      ...addressAndSlot(vars, name, role),
    })),
  )
  return {
    version: vars?.postgres_version,
    nodes,
    users: usersOf(vars),
    database: vars?.postgres_database ?? '',
    table: vars?.postgres_table ?? '',
    vagrantfile: (await text(directory, VAGRANTFILE)) ?? '',
  }
}

/** Out of our own record; a lab that was cloned has none, but the files themselves. */
async function text(directory: string, path: string): Promise<string | undefined> {
  const found = (await find(directory, `${LAB_FILES.base.path}/${path}`)) ?? (await find(directory, path))
  return found && fromBytes(found.text)
}

async function record<Content>(directory: string, path: string): Promise<Content | undefined> {
  const yaml = await text(directory, path)
  return yaml === undefined ? undefined : (fromYaml(yaml) as Content)
}

function usersOf(vars: WrittenVars | undefined): readonly string[] {
  const users = [
    vars?.postgres_replication_user,
    vars?.postgres_rewind_user,
    vars?.postgres_database_owner,
    vars?.postgres_backup_user,
    vars?.postgres_backup_streaming_user,
  ]
  return users.flatMap((user) => user || []) // a lab without a backup host has empty ones
}

function addressAndSlot(vars: WrittenVars | undefined, name: string, role: FormerNode['role']) {
  if (role === 'backup') {
    return { address: vars?.postgres_backup_address ?? '', slot: vars?.postgres_backup_slot ?? '' }
  }
  const node = vars?.postgres_nodes?.find((one) => one.name === name)
  return { address: node?.address ?? '', slot: node?.slot ?? '' }
}

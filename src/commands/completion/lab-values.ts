import { devNull } from 'node:os'
import { type Architecture, VAGRANT_PROVIDERS } from '../../catalog/names.ts'
import type { Lab } from '../../lab.ts'
import { nodesOf, postgresNodes } from '../../lab.ts'
import { usersOf } from '../../passwords.ts'
import type { Context } from '../shared/context.ts'
import { readConfig } from '../shared/session.ts'

/** What is asked for: the value of this option or argument of this command. */
interface AskedValue {
  readonly name: string
  readonly of: string
  readonly at: number
}

/** No name depends on it. */
const ANY: Architecture = 'amd64'

/** The lab as its config has it, whatever this computer is; `undefined` where there is none, or a broken one. */
async function labOf(context: Context): Promise<{ lab: Lab; directory: string } | undefined> {
  try {
    const { config, directory } = await readConfig(context)
    const { resolveLab } = await import('../../resolve/resolve-lab.ts')
    const provider = config.provider === 'auto' ? VAGRANT_PROVIDERS[0] : config.provider
    return { lab: resolveLab({ ...config, provider }, { provider, architecture: ANY }), directory }
  } catch {
    return undefined // who presses Tab asks for no error
  }
}

/** Backups that Barman has; none where it does not answer. */
async function backupIds(context: Context): Promise<readonly string[]> {
  const { lab, directory } = (await labOf(context)) ?? {}
  if (!lab?.backup || directory === undefined) return []
  const { createGuest } = await import('../../tools/ssh/ssh-guest.ts')
  const { psqlProgram } = await import('../../tools/ssh/psql-session.ts')
  const { listBackups } = await import('../../postgres/barman-catalogue.ts')
  const guest = createGuest({ directory, run: context.run, psql: psqlProgram(lab), logFile: devNull })
  try {
    return (await listBackups(lab.backup, guest)).map(({ id }) => id)
  } catch {
    return []
  }
}

async function names(context: Context, of: (lab: Lab) => readonly string[]): Promise<readonly string[]> {
  const found = await labOf(context)
  return found ? of(found.lab) : []
}

const nodeNames = (lab: Lab) => nodesOf(lab).map(({ name }) => name)
const serverNames = (lab: Lab) => postgresNodes(lab).map(({ name }) => name)

/** Values that an option or an argument may have, as the lab, the checks, the drills and the schema know them. */
export async function labValues(context: Context, { name, of, at }: AskedValue): Promise<readonly string[]> {
  switch (`${name} ${of}`) {
    case 'verify only': {
      const { CHECKS } = await import('../../checks/index.ts')
      return CHECKS.map(({ id }) => id)
    }
    case 'drill name': {
      const { DRILLS } = await import('../../drills/index.ts')
      return [...DRILLS.map(({ id }) => id), 'hint', 'check', 'repair', 'results']
    }
    case 'drill how': {
      const { DRILLS } = await import('../../drills/index.ts')
      return [...new Set(DRILLS.flatMap(({ hows }) => hows))]
    }
    case 'explain setting': {
      const { allSettings } = await import('../../config/setting-docs.ts')
      return allSettings().map(({ path }) => path)
    }
    case 'rotate user':
    case 'secrets user':
      return names(context, usersOf)
    case 'psql words':
      return at === 0 ? names(context, nodeNames) : []
    case 'barman words':
      return at === 0
        ? ['backup', 'check', 'list-backups', 'list-files', 'show-backup', 'status']
        : backupIds(context)
    case 'restore to':
      return ['latest']
    case 'restore at':
    case 'up delete':
      return names(context, nodeNames)
    case 'restore over':
    case 'restore on':
      return names(context, serverNames)
  }
  if (of === 'node') return names(context, nodeNames)
  if (of === 'slave') return names(context, (lab) => lab.slaves.map((slave) => slave.name))
  return of === 'backup' || of === 'id' ? backupIds(context) : []
}

import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { ProviderName } from '../../catalog/names.ts'
import { EXIT } from '../../errors.ts'
import {
  boxBytes,
  buildFolder,
  isInUse,
  isOutdated,
  type StoredBox,
  storedBoxes,
  vagrantHome,
} from '../../tools/vagrant/boxes.ts'
import { size } from '../../units.ts'
import type { Context } from '../shared/context.ts'
import { agreesToDelete } from '../shared/prompts.ts'
import { type Columns, fittedTable, widthOf } from '../shared/table.ts'
import { buildBox } from './build.ts'
import { exportBoxes } from './export.ts'
import { keepBox } from './keep.ts'

type BoxVerb = 'list' | 'build' | 'keep' | 'export' | 'prune'

interface BoxOptions {
  readonly provider?: ProviderName
  readonly url?: string
  readonly yes?: true
}

/** `create-pg-lab box`: the boxes that virtual machines are made from, so that no box server is needed. */
export async function box(
  context: Context,
  options: BoxOptions,
  verb: BoxVerb | undefined,
  word: string | undefined,
): Promise<number> {
  switch (verb) {
    case 'build':
      return buildBox(context, options, word)
    case 'keep':
      return keepBox(context, options, word)
    case 'export':
      return exportBoxes(context, options, word)
    case 'prune':
      return pruneBoxes(context, options)
    default:
      return listBoxes(context)
  }
}

const COLUMNS: Columns = [
  ['BOX', 0],
  ['VERSION', 0],
  ['PROVIDER', 0],
  ['ARCHITECTURE', 3],
  ['SIZE', 1],
  ['MADE', 2],
]

function listBoxes(context: Context): number {
  const boxes = storedBoxes(vagrantHome(context.env))
  if (boxes.length === 0) {
    context.print('Vagrant has no box here. Make one: npx create-pg-lab box build')
    return EXIT.ok
  }
  const rows = boxes.map((one) => [
    one.name,
    one.version,
    one.provider,
    one.architecture ?? '',
    size(boxBytes(one)),
    one.builtFrom === undefined ? 'elsewhere' : 'from packages',
  ])
  const look = { paint: context.paint, width: widthOf(context.stdout) }
  context.print(fittedTable(COLUMNS, rows, look).join('\n'))
  return EXIT.ok
}

/** Older versions of boxes that were made here, and what a killed build has left. Those in use stay. */
async function pruneBoxes(context: Context, { yes }: BoxOptions): Promise<number> {
  const home = vagrantHome(context.env)
  const old = outdated(storedBoxes(home)).filter((one) => !isInUse(home, one))
  for (const one of old) {
    context.print(`${one.name}  ${one.version}  ${one.provider}  ${size(boxBytes(one))}`)
  }
  if (old.length === 0) context.print('There is no older box that was made here: nothing to delete.')
  const question = 'Delete them?'
  if (old.length > 0 && !(await agreesToDelete(context, { yes: yes === true, words: 'box prune', question })))
    return EXIT.ok
  for (const one of old) await removeBox(context, one)
  rmSync(join(buildFolder(home), '.building'), { recursive: true, force: true })
  if (old.length > 0) context.print(`${context.paint('green', '✔')} deleted`)
  return EXIT.ok
}

/** @param boxes the newest version first */
export function outdated(boxes: readonly StoredBox[]): readonly StoredBox[] {
  const own = boxes.filter(({ builtFrom }) => builtFrom !== undefined)
  return own.filter((one) => isOutdated(one, own))
}

async function removeBox(context: Context, { name, version, provider, folder }: StoredBox): Promise<void> {
  // VirtualBox has imported it once, as a machine whose disk its clones share; Vagrant leaves that behind.
  const base = join(folder, 'master_id')
  if (existsSync(base)) {
    const unregister = ['unregistervm', readFileSync(base, 'utf8').trim(), '--delete']
    await context.run({ file: 'VBoxManage', args: unregister, expectExit: 'any' })
  }
  const args = ['box', 'remove', name, '--provider', provider, '--box-version', version, '--force']
  await context.run({ file: 'vagrant', args, env: { VAGRANT_CWD: vagrantHome(context.env) } })
}

import { PROVIDERS } from '../../catalog/providers/index.ts'
import { type Lab, type MachineSize, nodesOf } from '../../lab.ts'
import { VAGRANTFILE } from '../render/project.ts'
import { find, fromBytes } from './lab-paths.ts'

/** A row of the table of machines, as Vagrantfile.ejs writes it. */
const ROW = /^ *\{ name: "([^"]+)",.*\bmemory: (\d+), +cpus: (\d+),/gm

/** The sizes in the table at the top of a Vagrantfile, by machine. */
function sizesIn(vagrantfile: string): ReadonlyMap<string, MachineSize> {
  const rows = [...vagrantfile.matchAll(ROW)]
  return new Map(
    rows.map(([, name = '', memory, cpus]) => [name, { memoryMb: Number(memory), cpus: Number(cpus) }]),
  )
}

/**
 * The sizes that the Vagrantfile will ask for once the config is written into it: the user's own where he has edited
 * a row of its table, else the config's.
 * @param former the Vagrantfile as it was written last
 * @returns nothing where he has sizes of his own elsewhere, which we cannot read
 */
export async function wantedSizes(
  lab: Lab,
  directory: string,
  former: string,
): Promise<ReadonlyMap<string, MachineSize>> {
  const read = async (path: string) => fromBytes((await find(directory, path))?.text ?? '')
  const vagrantfile = await read(VAGRANTFILE)
  const isOurs = sizeLines(lab).every((line) => vagrantfile.includes(line))
  if (vagrantfile !== '' && !isOurs) return new Map()
  if (/\b(memory|cpus|create_args)\b/.test(await read(`${VAGRANTFILE}.local`))) return new Map()
  const [now, was] = [sizesIn(vagrantfile), sizesIn(former)]
  return new Map(
    nodesOf(lab).map(({ name, memoryMb, cpus }) => {
      const row = now.get(name)
      return [name, row && isEdited(row, was.get(name)) ? row : { memoryMb, cpus }]
    }),
  )
}

/** The lines of the provider's block that give a machine its size. */
function sizeLines({ provider }: Lab): readonly string[] {
  return PROVIDERS[provider].settings
    .map((line) => line.trim())
    .filter((line) => /node\[:(memory|cpus)\]/.test(line))
}

function isEdited(row: MachineSize, was: MachineSize | undefined): boolean {
  return was !== undefined && (row.memoryMb !== was.memoryMb || row.cpus !== was.cpus)
}

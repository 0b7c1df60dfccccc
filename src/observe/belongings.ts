import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { programFailed } from '../errors.ts'
import type { LabNode } from '../lab.ts'
import { packageRoot } from '../package-root.ts'
import type { Guest } from '../tools/ssh/guest-contract.ts'

/** What a server that was there before the lab belongs to. */
export interface Belongings {
  /** Name of the lab that has marked it; `''` for none. */
  readonly owner: string
  /** What of PostgreSQL and Barman is there, one line each. */
  readonly found: readonly string[]
}

/** The same script as in role postgres, which refuses the same. */
const SCRIPT = 'provisioning/roles/postgres/files/what-is-here.sh'

/** @throws CommandError when the server cannot be reached, or does not tell */
export async function seeBelongings(guest: Guest, node: LabNode): Promise<Belongings> {
  const stdin = await readFile(join(packageRoot(), SCRIPT), 'utf8')
  const output = await guest.shell(node, ['sh', '-s'], { as: 'root', stdin })
  const [owner = '', ...found] = output.stdout.trimEnd().split('\n')
  if (output.exitCode !== 0 || !owner.startsWith('owner=')) {
    // What could not be looked at is not empty.
    throw programFailed(`${node.name} does not say what of PostgreSQL is there`, `sudo sh ${SCRIPT}`, output)
  }
  return { owner: owner.replace('owner=', ''), found }
}

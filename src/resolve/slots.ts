import type { Config } from '../config/schema.ts'
import type { ConfigMachine } from './machines.ts'
import { type AddProblem, checkUnique } from './problems.ts'

/** `slave-2` → `slave_2_slot`, shortened to PostgreSQL's 63 characters, numbered where it is taken. */
function freeSlot(name: string, taken: ReadonlySet<string>): string {
  const stem = `${name.replaceAll('-', '_').slice(0, 58)}_slot`
  let slot = stem
  for (let count = 2; taken.has(slot); count += 1) slot = `${stem.slice(0, 59)}_${count}`
  return slot
}

/** One slot a PostgreSQL server, the master's first: the config's, else made from the name. */
export function resolveSlots(
  config: Config,
  machines: readonly ConfigMachine[],
  report: AddProblem,
): string[] {
  const given = config.slaves.flatMap(({ slot }, index) =>
    slot ? [{ path: `slaves[${index}].slot`, value: slot }] : [],
  )
  const barman = config.backup ? [{ path: 'backup.slot', value: config.backup.slot }] : []
  const others = config.replication.otherSlots.map((value, index) => {
    return { path: `replication.otherSlots[${index}]`, value }
  })
  checkUnique([...barman, ...given, ...others], report)
  const taken = new Set([...barman, ...given, ...others].map(({ value }) => value))
  const slotFor = (path: string, slot?: string) => {
    if (slot) return slot
    const chosen = freeSlot(machines.find((machine) => machine.path === path)?.name ?? '', taken)
    taken.add(chosen)
    return chosen
  }
  // The slaves choose first: the master's slot waits for a failover, nobody looks for its name.
  const slaves = config.slaves.map(({ slot }, index) => slotFor(`slaves[${index}]`, slot))
  return [slotFor('master'), ...slaves]
}

import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { goneVagrantfile } from '../generate/write/removal-vagrantfile.ts'
import { nodesOf, postgresNodes } from '../lab.ts'
import { LAB_FILES } from '../lab-files.ts'
import type { LiveLab } from '../observe/live-lab.ts'
import type { GoneMachine } from '../observe/machine-changes.ts'
import { literal } from '../postgres/sql.ts'
import type { Note } from '../tasks/index.ts'
import { createVagrant, type Vagrant } from '../tools/vagrant/vagrant.ts'

/**
 * Works with Vagrant on machines that the lab's Vagrantfile need not define any more.
 * @param names of those machines
 * @param work is given a Vagrant that knows them beside the lab's own
 */
export async function withGoneMachines<Result>(
  { directory, run, logFile, lab }: Omit<LiveLab, 'guest'>,
  names: readonly string[],
  work: (vagrant: Vagrant) => Promise<Result>,
): Promise<Result> {
  const file = join(directory, LAB_FILES.goneVagrantfile.path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, goneVagrantfile(names, lab.provider))
  try {
    return await work(createVagrant({ directory, run, logFile, vagrantfile: LAB_FILES.goneVagrantfile.path }))
  } finally {
    rmSync(file, { force: true })
  }
}

/**
 * Removes machines: they are stopped, then nothing keeps WAL for them, and only then are they deleted. Killed in
 * the middle it can be repeated. They must not be in synchronous_standby_names any more.
 * @param options.agreed names of those that may be deleted; the others stay, stopped
 */
export async function removeMachines(
  live: LiveLab,
  gone: readonly Pick<GoneMachine, 'name' | 'slot'>[],
  { agreed, note }: { readonly agreed: readonly string[]; readonly note: Note },
): Promise<void> {
  const names = gone.map(({ name }) => name)
  await withGoneMachines(live, names, async (vagrant) => {
    note(`stopping ${names.join(', ')}`)
    await vagrant.halt({ machines: names })
    note('dropping their slots')
    await dropSlots(live, slotsOf(gone))
    if (agreed.length === 0) return
    note(`deleting ${agreed.join(', ')}`)
    await vagrant.destroy({ machines: agreed })
  })
}

/** The slots that are known of machines that are gone. */
export function slotsOf(gone: readonly Pick<GoneMachine, 'name' | 'slot'>[]): readonly string[] {
  return gone.flatMap(({ slot }) => slot ?? [])
}

/** Drops slots that nobody needs any more, wherever they are, unless the config uses them for another machine. */
export async function dropSlots(
  { lab, guest }: Pick<LiveLab, 'lab' | 'guest'>,
  slots: readonly string[],
): Promise<void> {
  const used = nodesOf(lab).map(({ slot }) => slot)
  const free = slots.filter((slot) => !used.includes(slot))
  if (free.length === 0) return
  await Promise.all(postgresNodes(lab).map((node) => guest.execute(node, free.map(dropSql).join('\n'))))
}

/** A machine that was cut off leaves its WAL sender behind for a minute; it is ended. Asks for ten seconds at most. */
function dropSql(slot: string): string {
  const name = literal(slot)
  return `DO $$
BEGIN
  FOR attempt IN 1..100 LOOP
    PERFORM pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE slot_name = ${name} AND active;
    BEGIN
      PERFORM pg_drop_replication_slot(slot_name) FROM pg_replication_slots
        WHERE slot_name = ${name} AND slot_type = 'physical' AND NOT active;
    EXCEPTION WHEN object_in_use THEN
      NULL;
    END;
    IF NOT EXISTS (SELECT FROM pg_replication_slots WHERE slot_name = ${name} AND slot_type = 'physical') THEN
      RETURN;
    END IF;
    PERFORM pg_sleep(0.1);
  END LOOP;
  RAISE 'Somebody keeps streaming through slot %', ${name};
END
$$;`
}

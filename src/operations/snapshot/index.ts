import { can } from '../../catalog/providers/index.ts'
import { UserError } from '../../errors.ts'
import { type Lab, nodesOf } from '../../lab.ts'
import { seeMachine } from '../../observe/machines.ts'
import { askServers, type ServerState } from '../../observe/servers.ts'
import { followersOf } from '../../postgres/topology.ts'
import type { Note } from '../../tasks/index.ts'
import { askUntil } from '../../tools/process/ask-until.ts'
import { machinesIn } from '../../tools/vagrant/machine-records.ts'
import { startMachines } from '../start-machines.ts'
import { dockerSnapshots } from './by-docker.ts'
import { vagrantSnapshots } from './by-vagrant.ts'
import { bringBackKept, forgetSnapshot, readSnapshots, type Snapshot, writeSnapshot } from './record.ts'
import type { SnapshotLab, SnapshotWay } from './snapshot-way.ts'

const WAYS = { docker: dockerSnapshots, vagrant: vagrantSnapshots }

function wayOf(lab: Pick<Lab, 'provider'>): SnapshotWay {
  const { snapshot } = can(lab)
  if (snapshot !== 'nobody') return WAYS[snapshot]
  throw new UserError(
    'The servers of this lab were there before it: create-pg-lab takes no snapshots of them',
    {
      hint: 'take a backup, which can be restored: npx create-pg-lab backup',
    },
  )
}

/** @throws UserError for a lab whose machines nobody here can keep */
export function verifyHasSnapshots(lab: Pick<Lab, 'provider'>): void {
  wayOf(lab)
}

/** It is a folder's name, and part of an image's. */
const NAME = /^[a-z0-9][a-z0-9_.-]{0,39}$/

/** @throws UserError for a name that no snapshot can have, or one has */
export function verifyFreeName(directory: string, name: string): void {
  if (!NAME.test(name)) {
    throw new UserError(`A snapshot cannot be called ${JSON.stringify(name)}`, {
      hint: 'small letters, digits, - _ and . are allowed, at most 40, the first a letter or a digit: before-drill',
    })
  }
  if (readSnapshots(directory).some((one) => one.name === name)) {
    throw new UserError(`There is a snapshot ${name}`, {
      hint: `choose another name, or delete it: npx create-pg-lab snapshot rm ${name}`,
    })
  }
}

/** Keeps the whole lab as it is now: all machines at one moment, with the passwords and keys that belong to them. */
export async function saveSnapshot(live: SnapshotLab, name: string, note: Note): Promise<Snapshot> {
  const { directory, lab, guest } = live
  const way = wayOf(lab)
  note('asking who is the primary')
  const order = standstillOrder(lab, await askServers(lab, guest, [], { withinMs: ASK_MS }))
  const made = machinesIn(directory).map((machine) => machine.name)
  const missing = order.filter((machine) => !made.includes(machine))
  if (missing.length > 0) {
    throw new UserError(`There is no machine ${missing.join(', ')} yet`, {
      hint: 'bring the lab up first: npx create-pg-lab up',
    })
  }
  const machines = await way.save(live, { name, order }, note)
  const snapshot = { name, at: new Date().toISOString(), provider: lab.provider, machines }
  writeSnapshot(directory, snapshot)
  await startMachines(live, note)
  return snapshot
}

const ASK_MS = 5_000

/**
 * The primary first, each standby after whom it streams from, the backup host last: nobody has more than its sender.
 * Where no server says who is the primary, the config does.
 */
export function standstillOrder(
  lab: Lab,
  states: readonly Pick<ServerState, 'node' | 'state'>[],
): readonly string[] {
  const primary = states.find(({ state }) => state === 'primary')?.node ?? lab.master
  const chain = [primary]
  for (const upstream of chain) {
    chain.push(...followersOf(lab, primary, upstream).filter((node) => !chain.includes(node)))
  }
  const names = [...chain.map(({ name }) => name), ...nodesOf(lab).map(({ name }) => name)]
  return [...new Set(names)]
}

/** @throws UserError when there is none of this name, or it is of other machines than the lab has now */
export function findSnapshot(
  { directory, lab }: Pick<SnapshotLab, 'directory' | 'lab'>,
  name: string,
): Snapshot {
  const all = readSnapshots(directory)
  const snapshot = all.find((one) => one.name === name)
  if (!snapshot) {
    const names = all.map((one) => one.name).join(', ')
    throw new UserError(`There is no snapshot ${name}`, {
      hint:
        names === ''
          ? 'there is none yet: npx create-pg-lab snapshot save before-drill'
          : `choose from ${names}`,
    })
  }
  const [then, now] = [snapshot.machines, nodesOf(lab)].map((machines) =>
    machines.map((one) => one.name).sort(),
  )
  if (snapshot.provider === lab.provider && String(then) === String(now)) return snapshot
  throw new UserError(
    `The snapshot ${name} is of ${then?.join(', ')} (${snapshot.provider}); the config has ${now?.join(', ')} (${lab.provider})`,
    {
      hint: `let the config have those machines again, or delete the snapshot: npx create-pg-lab snapshot rm ${name}`,
    },
  )
}

/** Removes what snapshots that were deleted while their machines ran have left; once the machines are gone. */
export async function sweepSnapshots(live: SnapshotLab): Promise<void> {
  await wayOf(live.lab).sweep?.(live)
}

const ANSWER = { everyMs: 500, withinMs: 120_000 }

/** Makes the machines what they were: what has been written since is lost. */
export async function restoreSnapshot(live: SnapshotLab, snapshot: Snapshot, note: Note): Promise<void> {
  const { directory, lab, guest } = live
  const { isRunning } = await wayOf(lab).restore(live, snapshot, note)
  bringBackKept(directory, snapshot)
  note('waiting until they answer')
  if (isRunning)
    await askUntil(
      () => areThere(live),
      (all) => all,
      ANSWER,
    )
  await startMachines(live, note)
  if (lab.backup)
    await guest.shell(lab.backup, ['barman', '--quiet', 'cron'], { as: 'barman', timeoutMs: 60_000 })
}

async function areThere({ lab, guest }: SnapshotLab): Promise<boolean> {
  const sights = await Promise.all(nodesOf(lab).map((node) => seeMachine(guest, node)))
  return sights.every((sight) => sight !== undefined)
}

/** Deletes it, and gives its room back. */
export async function removeSnapshot(live: SnapshotLab, snapshot: Snapshot): Promise<void> {
  await wayOf(snapshot).remove(live, snapshot)
  forgetSnapshot(live.directory, snapshot)
}

/** Room it takes on this computer; `undefined` where nobody says. */
export function bytesOfSnapshot(live: SnapshotLab, snapshot: Snapshot): Promise<number | undefined> {
  return wayOf(snapshot).bytesOf(live, snapshot)
}

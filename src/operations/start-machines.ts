import { can } from '../catalog/providers/index.ts'
import { machinesIn } from '../doctor/index.ts'
import { CommandError } from '../errors.ts'
import { type Lab, type LabNode, nodesOf } from '../lab.ts'
import type { LiveLab } from '../observe/live-lab.ts'
import type { Note } from '../tasks/index.ts'
import type { Guest } from '../tools/ssh/guest-contract.ts'
import { ifReachable } from '../tools/ssh/if-reachable.ts'
import { writeSshConfig } from '../tools/ssh/ssh-config.ts'
import { KEYS_OF_EVERYBODY, type Vagrant, type VagrantEvent } from '../tools/vagrant/vagrant.ts'
import { withGoneMachines } from './remove-machines.ts'

const ANSWER_TIMEOUT_MS = 8_000

/**
 * Boots what is not running, side by side where the provider can, and writes how ssh gets there. Existing servers are
 * their owner's: nobody here has stopped one.
 * @param note receives progress text
 */
export async function startMachines(
  {
    directory,
    lab,
    guest,
    vagrant,
  }: { readonly directory: string; readonly lab: Lab; readonly guest: Guest; readonly vagrant: Vagrant },
  note: Note,
): Promise<void> {
  if (!can(lab).makeMachines) return
  const nodes = nodesOf(lab)
  const before = machinesIn(directory).map(({ name }) => name)
  if (await areRunning(before, guest, nodes)) return
  await vagrant.up({
    provider: lab.provider,
    onEvent: sayTo(note),
  })
  note('asking Vagrant how to reach them')
  let access = await vagrant.sshConfig()
  const unfinished = withKeyOfEverybody(access).filter((name) => before.includes(name))
  if (unfinished.length > 0) {
    note(`ending the first boot of ${unfinished.join(' and ')}`)
    await vagrant.reload({ machines: unfinished })
    access = await vagrant.sshConfig()
  }
  writeSshConfig(directory, access, nodes)
  const open = withKeyOfEverybody(access)
  const mayBeOpen = nodes.filter(({ name }) => before.includes(name) && !open.includes(name))
  await Promise.all(mayBeOpen.map((node) => forgetKeys(guest, node)))
}

/**
 * Boots the machines that are there with the files as they were written last, so that each can say what it holds.
 * Nothing is made, changed or deleted.
 * @param options.gone names of machines that the Vagrantfile may not define any more
 */
export async function startFormerMachines(
  live: Omit<LiveLab, 'guest'>,
  { gone, note }: { readonly gone: readonly string[]; readonly note: Note },
): Promise<void> {
  const { lab, directory } = live
  const machines = machinesIn(directory).map(({ name }) => name)
  await withGoneMachines(live, gone, async (vagrant) => {
    await vagrant.up({ provider: lab.provider, machines, onEvent: sayTo(note) })
    writeSshConfig(directory, await vagrant.sshConfig(), nodesOf(lab))
  })
}

/** @returns what passes on the sentences of Vagrant */
function sayTo(note: Note): (event: VagrantEvent) => void {
  return ({ machine, kind, text }) => {
    if (kind === 'ui') note(machine === '' ? text : `${machine}: ${text}`)
  }
}

/**
 * Takes from a machine what Vagrant takes last, after it has put in a key of its own: it may have been cut off in
 * between. Where that fails verification finds the key.
 */
async function forgetKeys(guest: Guest, node: LabNode): Promise<void> {
  const lines = KEYS_OF_EVERYBODY.flatMap((key) => ['-e', `\\|${key}|d`])
  try {
    await guest.shell(node, ['sed', '-i', ...lines, '.ssh/authorized_keys'])
  } catch (error) {
    if (!(error instanceof CommandError)) throw error
  }
}

/**
 * Vagrant puts a key of its own in a machine when it boots it. Where that was cut off it finds the machine running the
 * next time, and stays with the key that comes with Vagrant. So does one whose owner said config.ssh.insert_key = false.
 */
function withKeyOfEverybody(access: string): readonly string[] {
  return access
    .split(/^(?=Host )/m)
    .filter((host) => /^\s*IdentityFile .*insecure_private_key/m.test(host))
    .flatMap((host) => /^Host (\S+)/.exec(host)?.[1] ?? [])
}

/** Each machine answers with its own name: the quick way past `vagrant up`, which costs seconds to find nothing to do. */
async function areRunning(
  made: readonly string[],
  guest: Guest,
  nodes: readonly LabNode[],
): Promise<boolean> {
  if (!nodes.every(({ name }) => made.includes(name))) return false
  const answers = await Promise.all(nodes.map((node) => isAnswering(guest, node)))
  return answers.every(Boolean)
}

async function isAnswering(guest: Guest, node: LabNode): Promise<boolean> {
  return ifReachable(async () => {
    const { stdout } = await guest.shell(node, ['hostname'], { timeoutMs: ANSWER_TIMEOUT_MS })
    return stdout.trim() === node.name
  }, false)
}

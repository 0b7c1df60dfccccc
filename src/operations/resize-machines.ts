import type { Resize } from '../observe/machine-changes.ts'
import type { Note } from '../tasks/index.ts'
import { createContainers } from '../tools/docker/containers.ts'
import type { Runner } from '../tools/runner.ts'
import type { Vagrant } from '../tools/vagrant/vagrant.ts'

/** Where machines are given another size, and with what. */
interface VagrantLab {
  /** The lab's folder; its Vagrantfile has the new sizes already. */
  readonly directory: string
  readonly run: Runner
  readonly logFile: string
  readonly vagrant: Vagrant
}

/**
 * Gives machines another size, one after the other, the primary last: its standbys are back by then.
 * @param primary name of the machine that is restarted last
 */
export async function resizeMachines(
  { directory, run, logFile, vagrant }: VagrantLab,
  resizes: readonly Omit<Resize, 'from'>[],
  { primary, note }: { readonly primary: string; readonly note: Note },
): Promise<void> {
  const containers = createContainers({ directory, run, logFile })
  for (const { node, to, isLive } of resizes.toSorted((one, other) => rank(one) - rank(other))) {
    note(`${node.name}: ${to.memoryMb} MB, ${to.cpus} ${to.cpus === 1 ? 'processor' : 'processors'}`)
    if (isLive) await containers.resize(node.name, to)
    else await vagrant.reload({ machines: [node.name] })
  }
  function rank({ node }: Pick<Resize, 'node'>): number {
    return node.name === primary ? 1 : 0
  }
}

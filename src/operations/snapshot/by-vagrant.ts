import { CommandError } from '../../errors.ts'
import type { SnapshotWay } from './snapshot-way.ts'

/** Virtual machines: Vagrant's own snapshots. They are stopped before, because their disks are copied one after another. */
export const vagrantSnapshots: SnapshotWay = {
  async save({ vagrant }, { name, order }, note) {
    for (const machine of order) {
      note(`stopping ${machine}`)
      await vagrant.halt({ machines: [machine] })
    }
    note('keeping their disks')
    await vagrant.snapshot('save', name)
    return order.map((machine) => ({ name: machine }))
  },

  async restore({ vagrant }, { name, machines }, note) {
    for (const machine of machines) {
      note(`stopping ${machine.name}`)
      await vagrant.halt({ machines: [machine.name] })
    }
    note('bringing their disks back')
    await vagrant.snapshot('restore', name)
    return { isRunning: false }
  },

  /** A machine that was deleted has taken its snapshots along. */
  async remove({ vagrant }, { name }) {
    try {
      await vagrant.snapshot('delete', name)
    } catch (error) {
      if (!(error instanceof CommandError) || !/snapshot.*(not found|does not exist)/is.test(wordsOf(error)))
        throw error
    }
  },

  bytesOf: async () => undefined,
}

function wordsOf({ message, lastLines }: CommandError): string {
  return [message, ...lastLines].join('\n')
}

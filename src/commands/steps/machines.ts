import { CommandError } from '../../errors.ts'
import { NODE_IMAGE_SCRIPT } from '../../generate/node-image.ts'
import { type LabNode, nodesOf } from '../../lab.ts'
import type { Progress, Task } from '../../tasks.ts'
import type { Guest } from '../../tools/contracts.ts'
import { machinesIn } from '../../tools/doctor/index.ts'
import { writeSshConfig } from '../../tools/ssh-config.ts'
import type { Session } from '../session.ts'

const ANSWER_TIMEOUT_MS = 8_000

/** The image of the docker provider; the script looks first whether it is there. */
export function buildNodeImage({ context, directory, lab, logs }: Session): Task {
  return {
    title: 'Build the node image',
    skip: () => (lab.provider === 'docker' ? undefined : `not for ${lab.provider}`),
    run: async (progress) => {
      let hasBuilt = false
      await context.run({
        file: 'sh',
        args: [NODE_IMAGE_SCRIPT],
        cwd: directory,
        logFile: logs.file('node-image'),
        onLine: (line) => {
          hasBuilt = true // a script that finds the image prints nothing
          const [, news] = /^node image: (.*)/.exec(line) ?? [] // docker and mmdebstrap print too
          if (news) progress.note(news)
        },
      })
      return hasBuilt ? 'built' : 'it is there'
    },
  }
}

/** Boots what is not running, side by side where the provider can, and writes how ssh gets there. */
export function startMachines(session: Session): Task {
  return {
    title: 'Start the machines',
    run: async (progress) => {
      const { directory, lab, vagrant } = session
      const nodes = nodesOf(lab)
      if (await areRunning(session, nodes)) return `${nodes.length} are running`
      await vagrant.up({
        provider: lab.provider,
        onEvent: ({ machine, kind, text }) => kind === 'ui' && note(progress, machine, text),
      })
      progress.note('asking Vagrant how to reach them')
      writeSshConfig(directory, await vagrant.sshConfig(), nodes)
      return `${nodes.length} are running`
    },
  }
}

function note(progress: Progress, machine: string, text: string): void {
  progress.note(machine === '' ? text : `${machine}: ${text}`)
}

/** Each machine answers with its own name: the quick way past `vagrant up`, which costs seconds to find nothing to do. */
async function areRunning({ directory, guest }: Session, nodes: readonly LabNode[]): Promise<boolean> {
  const made = machinesIn(directory).map(({ name }) => name)
  if (!nodes.every(({ name }) => made.includes(name))) return false
  const answers = await Promise.all(nodes.map((node) => isAnswering(guest, node)))
  return answers.every(Boolean)
}

async function isAnswering(guest: Guest, node: LabNode): Promise<boolean> {
  try {
    const { stdout } = await guest.shell(node, ['hostname'], { timeoutMs: ANSWER_TIMEOUT_MS })
    return stdout.trim() === node.name
  } catch (error) {
    if (error instanceof CommandError) return false
    throw error
  }
}

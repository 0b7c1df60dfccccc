import { can } from '../../catalog/providers/index.ts'
import { UserError } from '../../errors.ts'
import { NODE_IMAGE_SCRIPT } from '../../generate/render/node-image.ts'
import { nodesOf } from '../../lab.ts'
import { seeMachine } from '../../observe/machines.ts'
import { bringUpNetwork } from '../../operations/outage/index.ts'
import { resizeMachines } from '../../operations/resize-machines.ts'
import { startMachines as start } from '../../operations/start-machines.ts'
import type { PlanSurvey } from '../../plan/survey.ts'
import { machinesThat } from '../../plan/whereabouts.ts'
import type { Progress, Task } from '../../tasks/index.ts'
import { writeSshConfig } from '../../tools/ssh/ssh-config.ts'
import type { Session } from '../shared/session.ts'
import { liveLab } from './operation.ts'

/**
 * The images of the docker provider; the script looks first whether they are there.
 * @param isFresh builds them with today's packages all the same
 */
export function buildNodeImage({ context, directory, lab, logs }: Session, isFresh: boolean): Task {
  return {
    title: 'Build the node image',
    skip: () => (can(lab).buildImages ? undefined : `not for ${lab.provider}`),
    run: async (progress) => {
      let hasBuilt = false
      await context.run({
        file: 'sh',
        args: [NODE_IMAGE_SCRIPT, ...(isFresh ? ['--fresh'] : [])],
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

/** With provider ssh: every server lets us in, and lets us act as root there. */
function reachServers({ guest, lab }: Session): Task {
  return {
    title: 'Reach the servers',
    run: async (progress) => {
      const nodes = nodesOf(lab)
      await Promise.all(
        nodes.map(async (node) => {
          progress.note(node.name)
          const { exitCode, stderr } = await guest.shell(node, ['true'], { as: 'root' })
          if (exitCode === 0) return
          throw new UserError(`${node.name}: sudo refuses: ${stderr.trim().split('\n').at(-1)}`, {
            hint: 'let the login user act as root without a password (sudoers: NOPASSWD: ALL)',
          })
        }),
      )
      return `${nodes.length} answer`
    },
  }
}

/** Boots what is not running, and writes how ssh gets there. */
export function startAllMachines(session: Session): Task {
  if (!can(session.lab).makeMachines) return reachServers(session)
  return {
    title: 'Start the machines',
    run: async ({ note }) => {
      await start(session, note)
      return `${nodesOf(session.lab).length} are running`
    },
  }
}

/** Brings the lab's network up on machines that answer without their address in it. */
export function bringUpNetworks(session: Session, before: PlanSurvey): readonly Task[] {
  const { lab, guest, vagrant } = session
  const isWhole = before.machines.size === before.made.size && machinesThat(lab, before, 'down').length === 0
  if (isWhole || !can(lab).makeMachines) return []
  const run = async ({ note }: Progress) => {
    const sights = await Promise.all(nodesOf(lab).map((node) => seeMachine(guest, node)))
    const cut = nodesOf(lab).filter((node, at) => sights[at]?.addresses.includes(node.address) === false)
    for (const node of cut) {
      note(node.name)
      await bringUpNetwork(liveLab(session), vagrant, node)
    }
    return cut.length === 0 ? 'it is up' : cut.map(({ name }) => name).join(', ')
  }
  return [{ title: 'Bring the network up', run }]
}

/** Gives machines that are there the memory and processors the Vagrantfile asks for. */
export function resize(session: Session, { resizes, primary }: PlanSurvey): readonly Task[] {
  if (resizes.length === 0) return []
  const { context, directory, lab, logs, vagrant } = session
  return [
    {
      title: 'Change memory and processors',
      run: async ({ note }) => {
        const place = { directory, run: context.run, logFile: logs.file('vagrant'), vagrant }
        await resizeMachines(place, resizes, { primary: (primary ?? lab.master).name, note })
        const isRestarted = resizes.some(({ isLive }) => !isLive)
        if (isRestarted) writeSshConfig(directory, await vagrant.sshConfig(), nodesOf(lab))
        return resizes.map(({ node }) => node.name).join(', ')
      },
    },
  ]
}

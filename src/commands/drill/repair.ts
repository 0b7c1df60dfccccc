import { rescue } from '../../drills/rehearsal/lead-back-by-force.ts'
import { forgetOpenDrill } from '../../drills/rehearsal/open-drill.ts'
import { dropTable, removeLeftovers } from '../../drills/rehearsal/writer.ts'
import { EXIT, UserError } from '../../errors.ts'
import { nodesOf } from '../../lab.ts'
import { askServers, primaryOf } from '../../observe/servers.ts'
import { runTasks, type Task } from '../../tasks/index.ts'
import { type Session, verifyIsUp } from '../shared/session.ts'
import { startAllMachines } from '../steps/machines.ts'
import { provisionMachines } from '../steps/provision.ts'
import { FailedFindings } from '../steps/verify.ts'
import { showFindings } from '../verify.ts'
import { stageOf, type Unfinished, unfinished } from './stage.ts'
import { verifyUntilGreen } from './verify.ts'

/** `create-pg-lab drill repair`: looks at the servers and leads the lab back to green, wherever a drill was cut off. */
export async function repair(session: Session): Promise<number> {
  verifyIsUp(session)
  const open = unfinished(session)
  if (!open) {
    throw new UserError('No drill is unfinished', { hint: 'see how the lab is: npx create-pg-lab verify' })
  }
  const { context, directory } = session
  try {
    await runTasks(steps(session, open), session.taskOptions)
  } catch (error) {
    if (!(error instanceof FailedFindings)) throw error
    context.print(`\n${showFindings(error.findings, context.paint)}`)
    return EXIT.failedFindings
  }
  forgetOpenDrill(directory)
  context.print(`\n${context.paint('green', '✔')} ${context.paint('bold', 'The lab is green again')}`)
  return EXIT.ok
}

function steps(session: Session, { drill, state }: Unfinished): readonly Task[] {
  const { lab, guest } = session
  const stage = stageOf(session, state.cast)
  return [
    startAllMachines(session),
    {
      title: 'Clear away what the drill left',
      run: async () => {
        await Promise.all(nodesOf(lab).map((node) => removeLeftovers(guest, node)))
        await drill.tidy?.(stage)
      },
    },
    {
      title: 'Get back to one primary',
      run: ({ note }) => rescue(stage, note, drill.yields?.(state.cast)),
    },
    { title: `Undo the disaster of ${drill.id}`, run: async ({ note }) => drill.undo?.(stage, note) },
    provisionMachines(session),
    {
      title: 'Verify',
      run: async ({ note }) => {
        const primary = primaryOf(await askServers(lab, guest))
        if (primary.is === 'found') await dropTable(lab, primary.node, guest)
        return verifyUntilGreen(session, stage, drill, note)
      },
    },
  ]
}

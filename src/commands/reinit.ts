import { EXIT, UserError } from '../errors.ts'
import { seeServers } from '../observe/servers.ts'
import { planReinit, type ReinitPlan, reinitServer } from '../operations/reinit.ts'
import { type Progress, runTasks } from '../tasks/index.ts'
import { size } from '../units.ts'
import { type Context, canAsk } from './shared/context.ts'
import { ask } from './shared/prompts.ts'
import { openSession, type Session, verifyIsUp } from './shared/session.ts'
import { liveLab, showSteps, withWayOn } from './steps/operation.ts'

interface ReinitOptions {
  readonly dryRun?: true
  readonly yes?: true
}

/** `create-pg-lab reinit <slave>`: a fresh clone replaces the data of a standby. */
export async function reinit(
  context: Context,
  { dryRun, yes }: ReinitOptions,
  name: string,
): Promise<number> {
  const session = await openSession(context)
  verifyIsUp(session)
  const plan = planReinit(session.lab, await seeServers(session), name)
  if (dryRun) {
    context.print(showSteps(reinitSteps(plan)))
    return EXIT.ok
  }
  if (!yes && !(await isAgreed(context, plan))) {
    context.print('Nothing was changed.')
    return EXIT.ok
  }
  await withWayOn(`npx create-pg-lab reinit ${name} --yes`, () => runReinit(session, plan))
  context.print(`\n${context.paint('green', '✔')} ${name} is a fresh clone of ${plan.upstream.name}`)
  return EXIT.ok
}

async function isAgreed(context: Context, plan: ReinitPlan): Promise<boolean> {
  const { name } = plan.node
  if (!canAsk(context)) {
    throw new UserError(`reinit replaces all data of ${name}, and there is no terminal to ask on`, {
      hint: `confirm with --yes: npx create-pg-lab reinit ${name} --yes`,
    })
  }
  return ask(`Replace all data of ${name} by a clone of ${plan.upstream.name}?${lossOf(plan)}`)
}

function lossOf({ node, isPrimary, parting }: ReinitPlan): string {
  if (parting) return ` ${size(Number(parting.bytes))} of WAL that only ${node.name} has are lost.`
  return isPrimary ? ` It is a primary of its own: what only it has is lost.` : ''
}

function runReinit(session: Session, plan: ReinitPlan): Promise<void> {
  const run = ({ note }: Progress) => reinitServer(liveLab(session), plan, note)
  return runTasks([{ title: `Clone ${plan.node.name} again`, run }], session.taskOptions)
}

function reinitSteps(plan: ReinitPlan): readonly string[] {
  const { node, upstream } = plan
  return [
    `PostgreSQL is stopped on ${node.name}`,
    `${upstream.name} is cloned beside its data, which takes its place once the clone is complete${lossOf(plan)}`,
    `${node.name} starts as a standby of ${upstream.name}`,
  ]
}

import { EXIT } from '../errors.ts'
import { seeServers } from '../observe/servers.ts'
import { type Following, planFollowing } from '../operations/follow.ts'
import {
  planSwitchover,
  type Switchover,
  type SwitchoverPlan,
  switchPrimary,
} from '../operations/switchover.ts'
import { runTasks, valueTask } from '../tasks/index.ts'
import type { Context } from './shared/context.ts'
import { openSession, type Session, verifyIsUp } from './shared/session.ts'
import { leftToRejoin, letFollow, liveLab, showSteps, withWayOn } from './steps/operation.ts'

/** `create-pg-lab switchover <slave>`: a standby and the primary change places, without a loss. */
export async function switchover(
  context: Context,
  { dryRun }: { readonly dryRun?: true },
  name: string,
): Promise<number> {
  const session = await openSession(context)
  verifyIsUp(session)
  const plan = planSwitchover(session.lab, await seeServers(session), name)
  if (plan.isDone) {
    context.print(`${name} is the primary: nothing to do.`)
    return EXIT.ok
  }
  if (dryRun) {
    context.print(showSteps(switchoverSteps(session, plan)))
    return EXIT.ok
  }
  const following = await withWayOn('npx create-pg-lab promote', () => runSwitchover(session, plan))
  context.print(
    `\n${context.paint('green', '✔')} ${plan.target.name} is the primary, ${plan.primary.name} a standby`,
  )
  for (const sentence of leftToRejoin(following)) context.print(`  ${sentence}`)
  return EXIT.ok
}

async function runSwitchover(session: Session, plan: SwitchoverPlan): Promise<Following> {
  const live = liveLab(session)
  const switching = valueTask(`Switch over to ${plan.target.name}`, async ({ note }) => {
    const value = await switchPrimary(live, plan, note)
    return { value, said: describeSwitchover(value) }
  })
  const letting = letFollow(live, async () =>
    planFollowing((await switching.value).servers, [plan.primary.name]),
  )
  await runTasks([switching, letting], session.taskOptions)
  return letting.value
}

function describeSwitchover({ checkpoint, downtimeMs }: Switchover): string {
  return `all WAL up to ${checkpoint} replayed; no writes for ${(downtimeMs / 1000).toFixed(1)} s`
}

function switchoverSteps({ lab }: Session, { target, primary, silent }: SwitchoverPlan): readonly string[] {
  return [
    `${primary.name} stops in an orderly way and is marked as a standby`,
    `${target.name} replays the last of its WAL and is promoted`,
    `${primary.name} and the other standbys follow it`,
    ...(lab.backup ? [`Barman on ${lab.backup.name} follows it`] : []),
    ...silent.map(({ name }) => `${name} does not answer, and follows when it is back`),
  ]
}

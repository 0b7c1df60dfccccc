import { EXIT, UserError } from '../errors.ts'
import { listen } from '../observe/partition.ts'
import { seeServers } from '../observe/servers.ts'
import { type Following, followPrimary, planFollowing } from '../operations/follow.ts'
import {
  type Promotion,
  type PromotionPlan,
  planPromotion,
  promote as promoteNow,
} from '../operations/promote.ts'
import { runTasks, type Task } from '../tasks/index.ts'
import { type Context, canAsk } from './shared/context.ts'
import { ask } from './shared/prompts.ts'
import { openSession, type Session, verifyIsUp } from './shared/session.ts'
import { leftToRejoin, liveLab, showSteps, withWayOn } from './steps/operation.ts'

/** `create-pg-lab promote [slave]`: after the primary is lost, a standby takes its place. */
export async function promote(
  context: Context,
  { dryRun, yes }: { readonly dryRun?: true; readonly yes?: true },
  name: string | undefined,
): Promise<number> {
  const session = await openSession(context)
  verifyIsUp(session)
  const servers = await seeServers(session)
  const plan = planPromotion(session.lab, servers, await listen(session, servers, name), name)
  if (plan.isDone) {
    context.print(`${plan.why}: nothing to do.`)
    return EXIT.ok
  }
  if (dryRun) {
    context.print(showSteps(stepsOf(session, plan)))
    return EXIT.ok
  }
  await verifyNoDoubt(context, plan, yes === true)
  const done = await withWayOn('npx create-pg-lab promote', () => carryOut(session, plan))
  context.print(`\n${context.paint('green', '✔')} ${plan.target.name} is the primary`)
  for (const sentence of tellingOf(done)) context.print(`  ${sentence}`)
  return EXIT.ok
}

/** @throws UserError when it may be wrong, nobody has agreed to it, and nobody can be asked */
async function verifyNoDoubt(
  context: Context,
  { target, doubts }: PromotionPlan,
  isAgreed: boolean,
): Promise<void> {
  if (doubts.length === 0) return
  const told = doubts.join('. ')
  if (isAgreed) {
    context.print(`${context.paint('yellow', '!')} ${told}`)
    return
  }
  if (canAsk(context) && (await ask(`${told}. Promote ${target.name} anyway?`))) return
  throw new UserError(`${told}. Nobody was promoted`, {
    hint: `look at it: npx create-pg-lab status; start what is not running: npx create-pg-lab up. To promote anyway: npx create-pg-lab promote ${target.name} --yes`,
  })
}

interface Done {
  readonly promotion: Promotion
  readonly following: Following
}

async function carryOut(session: Session, plan: PromotionPlan): Promise<Done> {
  const live = liveLab(session)
  let promotion: Promotion | undefined
  let following: Following | undefined
  const tasks: Task[] = [
    {
      title: `Promote ${plan.target.name}`,
      run: async ({ note }) => {
        const beganAtMs = Date.now()
        promotion = await promoteNow(live, plan, note)
        return `${plan.why}; it takes writes after ${((promotion.writableAtMs - beganAtMs) / 1000).toFixed(1)} s`
      },
    },
    {
      title: 'Let the others follow',
      run: async ({ note }) => {
        following = await followPrimary(live, planFollowing(promotion?.servers ?? []), note)
        return following.hosts.join(', ')
      },
    },
  ]
  await runTasks(tasks, session.taskOptions)
  if (!promotion || !following) throw new Error('A task ended without its result')
  return { promotion, following }
}

function stepsOf({ lab }: Session, { target, why, fence, doubts, cutOff }: PromotionPlan): readonly string[] {
  const fencing = fence.map((node) =>
    node === cutOff
      ? `${node.name} is cut off from the others: PostgreSQL is stopped there and marked as a standby, or nobody is promoted`
      : `${node.name} does not answer: PostgreSQL is stopped there and marked as a standby, if ssh gets through`,
  )
  const barman = lab.backup ? [`Barman on ${lab.backup.name} follows it`] : []
  const asked = doubts.map((doubt) => `${doubt}. Nothing is done without --yes or an answered question`)
  return [
    ...asked,
    ...fencing,
    `${target.name} is promoted: ${why}`,
    'the other standbys that answer follow it',
    ...barman,
  ]
}

function tellingOf({ promotion, following }: Done): readonly string[] {
  const cut = promotion.fenced.filter(({ ok }) => !ok).map(({ node }) => node.name)
  return [
    ...cut.map(
      (name) =>
        `! ${name} does not answer at all and could not be stopped. When it starts, its guard asks the others first; but one that was only paused or cut off goes on as a second primary when it is back. Then: npx create-pg-lab verify --only primary`,
    ),
    ...leftToRejoin(following),
  ]
}

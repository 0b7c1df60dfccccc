import { EXIT, UserError } from '../errors.ts'
import { listen } from '../observe/partition.ts'
import { seeServers } from '../observe/servers.ts'
import { type Following, planFollowing } from '../operations/follow.ts'
import { type Promotion, type PromotionPlan, planPromotion, promoteStandby } from '../operations/promote.ts'
import { runTasks, valueTask } from '../tasks/index.ts'
import { type Context, canAsk } from './shared/context.ts'
import { ask } from './shared/prompts.ts'
import { openSession, type Session, verifyIsUp } from './shared/session.ts'
import { leftToRejoin, letFollow, liveLab, showSteps, withWayOn } from './steps/operation.ts'

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
    context.print(showSteps(promotionSteps(session, plan)))
    return EXIT.ok
  }
  await verifyNoDoubt(context, plan, yes === true)
  const done = await withWayOn('npx create-pg-lab promote', () => runPromotion(session, plan))
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

async function runPromotion(session: Session, plan: PromotionPlan): Promise<Done> {
  const live = liveLab(session)
  const promoting = valueTask(`Promote ${plan.target.name}`, async ({ note }) => {
    const beganAtMs = Date.now()
    const value = await promoteStandby(live, plan, note)
    const seconds = ((value.writableAtMs - beganAtMs) / 1000).toFixed(1)
    return { value, said: `${plan.why}; it takes writes after ${seconds} s` }
  })
  const letting = letFollow(live, async () => planFollowing((await promoting.value).servers))
  await runTasks([promoting, letting], session.taskOptions)
  return { promotion: await promoting.value, following: await letting.value }
}

function promotionSteps(
  { lab }: Session,
  { target, why, fence, doubts, cutOff }: PromotionPlan,
): readonly string[] {
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

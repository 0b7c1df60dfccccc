import { EXIT, UserError } from '../errors.ts'
import type { LiveLab } from '../observe/live-lab.ts'
import { seeServers } from '../observe/servers.ts'
import { planRejoin, type Rejoin, type RejoinPlan, rejoinServer, seeRemains } from '../operations/rejoin.ts'
import { runTask, runTasks, valueTask } from '../tasks/index.ts'
import { size } from '../units.ts'
import { type Context, canAsk } from './shared/context.ts'
import { ask } from './shared/prompts.ts'
import { openSession, type Session, verifyIsUp } from './shared/session.ts'
import { startAllMachines } from './steps/machines.ts'
import { liveLab, showSteps, withWayOn } from './steps/operation.ts'

interface RejoinOptions {
  readonly dryRun?: true
  readonly yes?: true
}

/** `create-pg-lab rejoin <node>`: an old primary, or a server that diverged, becomes a standby. */
export async function rejoin(
  context: Context,
  { dryRun, yes }: RejoinOptions,
  name: string,
): Promise<number> {
  const session = await openSession(context)
  verifyIsUp(session)
  const live = liveLab(session)
  let plan = await seeAndPlan(live, name)
  if (dryRun) {
    context.print(showSteps(rejoinSteps(plan)))
    return EXIT.ok
  }
  if (plan.isDown) {
    await runTasks([startAllMachines(session)], session.taskOptions)
    plan = await seeAndPlan(live, name)
  }
  await verifyMayGiveUp(context, plan, yes === true)
  const done = await withWayOn(
    `npx create-pg-lab rejoin ${name}`,
    () => runRejoin(session, plan, yes === true || plan.needsClone), // that has been asked
  )
  context.print(`\n${context.paint('green', '✔')} ${name} follows ${plan.primary.name}`)
  if (done.said !== '') context.print(`  pg_rewind: ${done.said}`)
  return EXIT.ok
}

async function seeAndPlan(live: LiveLab, name: string): Promise<RejoinPlan> {
  const servers = await seeServers(live)
  return planRejoin(servers, name, await seeRemains(live, servers, name))
}

/** @throws UserError when there is something to lose, nobody has agreed to it, and nobody can be asked */
async function verifyMayGiveUp(context: Context, plan: RejoinPlan, isAgreed: boolean): Promise<void> {
  const { node, primary, loss, isFollowing } = plan
  const told = isFollowing ? undefined : tellLoss(plan)
  if (told === undefined) return
  if (isAgreed) {
    context.print(`${context.paint('yellow', '!')} ${told}`)
    return
  }
  if (canAsk(context) && (await ask(`${told} Make a standby of it?`))) return
  const keep =
    loss.kind === 'no data'
      ? ''
      : ` To keep it, save it first (npx create-pg-lab psql ${node.name}), or give up what ${primary.name} has instead: ` +
        (plan.isPrimary
          ? `npx create-pg-lab rejoin ${primary.name}`
          : `stop ${primary.name}, start ${node.name} (npx create-pg-lab ssh ${node.name} -- sudo pg-lab-guard release), then npx create-pg-lab rejoin ${primary.name}`)
  throw new UserError(told, { hint: `to go on: npx create-pg-lab rejoin ${node.name} --yes.${keep}` })
}

/** @returns `undefined` where nothing is lost: no transaction was committed that the primary does not have */
function tellLoss(plan: RejoinPlan): string | undefined {
  const { node, primary, loss, isPrimary } = plan
  const { name } = node
  switch (loss.kind) {
    case 'nothing':
      return undefined
    case 'no data':
      return `${name} has no data; it is cloned from ${primary.name}.`
    case 'other cluster':
      return `The data of ${name} belongs to another cluster than that of ${primary.name}: all of it is given up.`
    case 'same timeline':
      return `${name} has written on the very timeline of ${primary.name}, so nobody can tell what only it has: all of it is given up.`
    case 'unknown':
      return `Nobody can tell what only ${name} has: ${plan.isDown ? 'its machine does not answer yet' : 'its files cannot be read'}. It is given up.`
    case 'wal': {
      const { parting, commits } = loss
      const wal = `${size(Number(parting.bytes))} of WAL after ${parting.lsn} on timeline ${parting.timeline}, where they diverged`
      if (!commits) return `${name} has ${wal}. How much was committed in it nobody can tell. It is given up.`
      if (commits.count === 0 && !isPrimary) return undefined
      if (commits.count === 0) return `${name} has ${wal}; nothing was committed in it.`
      const were = commits.count === 1 ? '1 transaction was' : `${commits.count} transactions were`
      return `${name} has ${wal}; ${were} committed in it, the last at ${commits.last}. ${primary.name} has nothing of it: it is given up.`
    }
  }
}

/** What pg_rewind cannot do is asked for before anything is drawn again. */
async function runRejoin(session: Session, plan: RejoinPlan, isAgreed: boolean): Promise<Rejoin> {
  const { context, taskOptions } = session
  const { name } = plan.node
  let refusal: string | undefined
  const attempt = (mayClone: (reason: string) => Promise<boolean>) => {
    const task = valueTask(`Make ${name} follow ${plan.primary.name}`, async ({ note }) => {
      const value = await rejoinServer(liveLab(session), plan, { mayClone, note })
      return { value, said: WORDS[value.how] }
    })
    return runTask(task, taskOptions)
  }
  try {
    return await attempt(async (reason) => {
      refusal = reason
      return isAgreed
    })
  } catch (error) {
    if (refusal === undefined || isAgreed || !canAsk(context)) throw error
    if (!(await ask(`${name} cannot be rewound (${refusal}). Clone it again? What only it has is lost`)))
      throw error
    return attempt(async () => true)
  }
}

const WORDS: Readonly<Record<Rejoin['how'], string>> = {
  followed: 'it had nothing of its own',
  rewound: 'rewound to where they diverged',
  cloned: 'cloned again',
}

function rejoinSteps(plan: RejoinPlan): readonly string[] {
  const { node, primary, isFollowing, isDown, parting, needsClone } = plan
  const { name } = node
  if (isFollowing) {
    return [
      `${name} streams from ${primary.name} already; what else it needs as a standby is set up around it`,
    ]
  }
  const loss = tellLoss(plan)
  if (needsClone)
    return [...(loss ? [loss] : []), `${name} is cloned again from ${primary.name}, and follows it`]
  const own = parting
    ? `pg_rewind takes back what only ${name} has: ${size(Number(parting.bytes))} of WAL after ${parting.lsn} on timeline ${parting.timeline}`
    : `pg_rewind takes back what only ${name} has, if there is something`
  return [
    ...(isDown ? [`the machine of ${name} is started`] : []),
    ...(loss ? [loss] : []),
    `PostgreSQL is stopped on ${name}`,
    own,
    'where it cannot, nothing more is done without --yes or an answered question: then a fresh clone replaces its data',
    `${name} starts as a standby of ${primary.name}`,
  ]
}

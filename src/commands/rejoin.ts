import { EXIT } from '../errors.ts'
import { planRejoin, type Rejoin, type RejoinPlan, rejoin as rejoinNow } from '../operations/rejoin.ts'
import { size } from '../report/text.ts'
import { runTasks } from '../tasks.ts'
import { ask } from './ask.ts'
import { type Context, canAsk } from './command.ts'
import { openSession, type Session, verifyIsUp } from './session.ts'
import { startMachines } from './steps/machines.ts'
import { placeOf, showPlan, withWayOn } from './steps/operation.ts'

interface RejoinOptions {
  readonly dryRun?: true
  readonly yes?: true
}

/** `pg-lab rejoin <node>`: an old primary, or a server that went another way, becomes a standby. */
export async function rejoin(
  context: Context,
  { dryRun, yes }: RejoinOptions,
  name: string,
): Promise<number> {
  const session = await openSession(context)
  verifyIsUp(session)
  const place = placeOf(session)
  let plan = await planRejoin(place, name)
  if (dryRun) {
    context.print(showPlan(stepsOf(plan)))
    return EXIT.ok
  }
  if (plan.isDown) {
    await runTasks([startMachines(session)], session.taskOptions)
    plan = await planRejoin(place, name)
  }
  const done = await withWayOn(`npx create-pg-lab rejoin ${name}`, () =>
    carryOut(session, plan, yes === true),
  )
  context.print(`\n${context.paint('green', '✔')} ${name} follows ${plan.primary.name}`)
  if (done.said !== '') context.print(`  pg_rewind: ${done.said}`)
  return EXIT.ok
}

/** What pg_rewind cannot do is asked for before anything is drawn again. */
async function carryOut(session: Session, plan: RejoinPlan, isAgreed: boolean): Promise<Rejoin> {
  const { context, taskOptions } = session
  const { name } = plan.node
  let refusal: string | undefined
  const attempt = async (mayClone: (reason: string) => Promise<boolean>) => {
    let done: Rejoin | undefined
    const run = async ({ note }: { note: (text: string) => void }) => {
      done = await rejoinNow(placeOf(session), plan, { mayClone, onStep: note })
      return WORDS[done.how]
    }
    await runTasks([{ title: `Make ${name} follow ${plan.primary.name}`, run }], taskOptions)
    if (!done) throw new Error('A task ended without its result')
    return done
  }
  try {
    return await attempt(async (reason) => {
      refusal = reason
      return isAgreed
    })
  } catch (error) {
    if (refusal === undefined || isAgreed || !canAsk(context)) throw error
    if (!(await ask(`${name} cannot be rewound (${refusal}). Clone it anew? What only it has is lost`)))
      throw error
    return attempt(async () => true)
  }
}

const WORDS: Readonly<Record<Rejoin['how'], string>> = {
  followed: 'it had nothing of its own',
  rewound: 'rewound to where they parted',
  cloned: 'cloned afresh',
}

function stepsOf({ node, primary, isFollowing, isDown, parting }: RejoinPlan): readonly string[] {
  const { name } = node
  if (isFollowing) {
    return [
      `${name} streams from ${primary.name} already; what else it needs as a standby is set up around it`,
    ]
  }
  const own = parting
    ? `pg_rewind takes back what only ${name} has: ${size(Number(parting.bytes))} of WAL after ${parting.lsn} on timeline ${parting.timeline}`
    : `pg_rewind takes back what only ${name} has, if there is something`
  return [
    ...(isDown ? [`the machine of ${name} is started`] : []),
    `PostgreSQL is stopped on ${name}`,
    own,
    'where it cannot, nothing more is done without --yes or an answered question: then a fresh clone replaces its data',
    `${name} starts as a standby of ${primary.name}`,
  ]
}

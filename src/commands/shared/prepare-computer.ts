import { mkdirSync } from 'node:fs'
import {
  type Diagnosis,
  examine,
  type Host,
  planRepair,
  problemsIn,
  type RepairPlan,
  repair,
  type Scope,
} from '../../doctor/index.ts'
import { UserError } from '../../errors.ts'
import { type Progress, runTasks, type Task, type TaskOptions } from '../../tasks/index.ts'
import { type Context, canAsk } from './context.ts'
import { ask } from './prompts.ts'

/** This computer, and what a lab wants of it. */
export interface Computer {
  readonly context: Context
  readonly host: Host
  readonly scope: Scope
  /** Gets the logs of what is installed and started. */
  readonly logFolder: string
  readonly taskOptions: TaskOptions
}

/** Installing docker shows that its daemon does not run, starting it shows that the base image is missing. */
const MAX_ROUNDS = 3

/**
 * Repairs what can be repaired, once it was allowed.
 * @param isAllowed by a flag; otherwise a person is asked, where there is one
 * @returns what is seen afterwards
 */
export async function repairProblems(
  computer: Computer,
  first: readonly Diagnosis[],
  { isAllowed }: { readonly isAllowed: boolean },
): Promise<readonly Diagnosis[]> {
  const { host, scope, context } = computer
  let diagnoses = first
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const plan = planRepair(problemsIn(diagnoses), host)
    if (plan.words === '' || !(await isAgreed(plan, isAllowed, context))) break
    await runRepairs(computer, plan)
    diagnoses = await examine(host, scope)
  }
  return diagnoses
}

function sentence(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1)
}

async function isAgreed({ words }: RepairPlan, isAllowed: boolean, context: Context): Promise<boolean> {
  if (isAllowed) return true
  return canAsk(context) && ask(`${sentence(words)}?`)
}

async function runRepairs(
  { context, host, logFolder, taskOptions }: Computer,
  plan: RepairPlan,
): Promise<void> {
  mkdirSync(logFolder, { recursive: true, mode: 0o700 })
  const hasTerminal = canAsk(context)
  const work = (progress?: Progress) =>
    repair(host, plan, { logFolder, hasTerminal, onLine: (line) => progress?.note(line) })
  // sudo may ask for a password: nothing may be drawn over its question.
  if (hasTerminal && !host.platform.isRoot) await work()
  else await runTasks([{ title: sentence(plan.words), run: work }], taskOptions)
}

/**
 * Looks whether the lab can run here, and makes it so where it was allowed.
 * @param options.summary what stays beside the finished row
 * @throws UserError with everything that is still missing
 */
export async function prepareComputer(
  computer: Computer,
  { isAllowed, summary }: { readonly isAllowed: boolean; readonly summary: string },
): Promise<void> {
  let diagnoses: readonly Diagnosis[] = []
  const check: Task = {
    title: 'Check this computer',
    run: async () => {
      diagnoses = await examine(computer.host, computer.scope)
      const { length } = problemsIn(diagnoses)
      return length === 0 ? summary : `${length} to repair`
    },
  }
  await runTasks([check], computer.taskOptions)
  verifyComputer(await repairProblems(computer, diagnoses, { isAllowed }), computer.host)
}

/** @throws UserError with everything that is missing and what to type */
function verifyComputer(diagnoses: readonly Diagnosis[], host: Host): void {
  const problems = problemsIn(diagnoses).flatMap(({ rule, sighting }) =>
    sighting.ok
      ? []
      : [{ path: rule.title, message: `${sighting.seen}: ${sighting.cause}`, hint: sighting.remedy }],
  )
  if (problems.length === 0) return
  const { words } = planRepair(problemsIn(diagnoses), host)
  throw new UserError('This computer is not ready for the lab', {
    problems,
    ...(words === '' ? {} : { hint: `or let create-pg-lab ${words}: npx create-pg-lab up --install` }),
  })
}

import { Interrupted } from '../../errors.ts'
import type { LiveLab } from '../../observe/live-lab.ts'
import { type Following, type FollowPlan, followPrimary } from '../../operations/follow.ts'
import { type ValueTask, valueTask } from '../../tasks/index.ts'
import type { Session } from '../shared/session.ts'

/** The lab of a session, as operations want it. */
export function liveLab({ context, directory, lab, guest, logs }: Session): LiveLab {
  return { lab, guest, directory, run: context.run, logFile: logs.file('operation') }
}

/**
 * The row in which the other hosts follow a new primary.
 * @param plan is asked for when the row begins: what it goes by is seen only then
 */
export function letFollow(live: LiveLab, plan: () => Promise<FollowPlan>): ValueTask<Following> {
  return valueTask('Let the others follow', async ({ note }) => {
    const value = await followPrimary(live, await plan(), note)
    return { value, said: value.hosts.join(', ') }
  })
}

/** What `--dry-run` prints. */
export function showSteps(steps: readonly string[]): string {
  return [...steps.map((step, at) => `  ${at + 1}. ${step}`), '', 'Nothing was changed.'].join('\n')
}

/** Of the servers that could not follow: what to type. */
export function leftToRejoin({ left }: Following): readonly string[] {
  return left.map(
    ({ name }) => `! ${name} does not follow yet. Make it a standby: npx create-pg-lab rejoin ${name}`,
  )
}

/** An interrupted operation says how to go on. */
export async function withWayOn<Result>(command: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error
    throw new Interrupted(error.signal, [
      'See     npx create-pg-lab status',
      `Go on   ${command}; then npx create-pg-lab up`,
    ])
  }
}

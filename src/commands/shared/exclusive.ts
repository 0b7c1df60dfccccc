import { hostname } from 'node:os'
import { cannotWrite, Interrupted, UserError } from '../../errors.ts'
import { LAB_FILES } from '../../lab-files.ts'
import type { Holder } from '../../tools/process/lab-lock.ts'
import type { Context } from './context.ts'
import { deleteOldLogs } from './run-logs.ts'

/**
 * Runs a command that changes a lab as the only one that does.
 * @param name of the command
 * @param work calls `claim` as soon as it knows which lab
 */
export async function exclusively(
  context: Context,
  name: string,
  work: (context: Context) => Promise<number>,
): Promise<number> {
  let claimed: { readonly directory: string; readonly release: () => void } | undefined
  const claim = async (directory: string) => {
    if (claimed) return
    claimed = { directory, release: await takeLock(context, name, directory) }
    deleteOldLogs(directory)
  }
  try {
    return await work({ ...context, claim })
  } catch (error) {
    if (claimed && error instanceof Interrupted && error.left.length === 0) {
      throw new Interrupted(error.signal, await leftBehind(claimed.directory))
    }
    throw error
  } finally {
    claimed?.release()
  }
}

async function takeLock({ stderr }: Context, name: string, directory: string): Promise<() => void> {
  const { lockLab } = await import('../../tools/process/lab-lock.ts')
  const onLeftovers = (killed: Holder) => {
    stderr.write(`\`create-pg-lab ${killed.command}\` was killed here; ending what it left running …\n`)
  }
  const claim = await lockLab(directory, name, onLeftovers).catch((error: NodeJS.ErrnoException) => {
    throw error.path === undefined ? error : cannotWrite(error.path, error)
  })
  if ('release' in claim) return claim.release
  throw isBusy(claim.blockedBy)
}

function isBusy({ command, pid, since, host }: Holder): UserError {
  const isHere = host === hostname()
  const who = isHere ? `process ${pid}` : `process ${pid} on ${host}`
  const sinceTime = new Date(since).toTimeString().slice(0, 8)
  return new UserError(`\`create-pg-lab ${command}\` is at work on this lab: ${who}, since ${sinceTime}`, {
    hint: isHere
      ? `Wait until it has ended, or end it: kill -INT ${pid}`
      : `Wait until it has ended. If it is certainly gone: rm ${LAB_FILES.lock.path}`,
  })
}

/** Machines that are there when the work was interrupted. */
async function leftBehind(directory: string): Promise<readonly string[]> {
  const { machinesIn } = await import('../../doctor/index.ts')
  const names = machinesIn(directory).map(({ name }) => name)
  if (names.length === 0) return ['Left     no machine']
  return [`Left     the machines ${names.join(', ')}`, 'Delete   npx create-pg-lab destroy']
}

import type { Listr, ListrTask } from 'listr2'
import { liveRow } from './live-row.ts'
import { plainRow } from './plain-row.ts'
import type { Task, TaskRow, ValueTask } from './task.ts'

export type { Note, Progress, Task, ValueTask } from './task.ts'
export { later, valueTask } from './task.ts'

export interface TaskOptions {
  /** Timestamped lines instead of a live list: see `isPlain`. */
  readonly plain: boolean
  /** Standard output when left out. */
  readonly out?: NodeJS.WritableStream
}

/** The live list moves the cursor: that needs a terminal which can, and nobody who keeps the output. */
export function isPlain(env: NodeJS.ProcessEnv, stdout: { readonly isTTY?: boolean | undefined }): boolean {
  const inCi = env.CI !== undefined && !['', '0', 'false'].includes(env.CI)
  return stdout.isTTY !== true || inCi || env.TERM === 'dumb'
}

/**
 * Runs tasks one after the other and shows how they go. Print nothing else meanwhile; at most eight tasks at the top
 * keep the list on a small screen.
 * @throws the first error, as it was thrown, when everything that ran beside it has ended
 */
export async function runTasks(
  tasks: readonly Task[],
  { plain, out = process.stdout }: TaskOptions,
): Promise<void> {
  const { figures, Listr, ListrDefaultRendererLogLevels, ListrLogger, ProcessOutput } = await import('listr2')
  const stream = out as NodeJS.WriteStream
  const rowOf: RowFactory = (wrapper, path) =>
    plain ? plainRow(out, path) : liveRow(wrapper, path.at(-1) ?? '', stream)
  const list = tasks.map((task) => listrTask(task, [], rowOf))
  const common = { concurrent: false, exitOnError: true, registerSignalListeners: false } as const
  if (plain) return void (await new Listr(list, { ...common, renderer: 'silent' }).run())
  await new Listr(list, {
    ...common,
    renderer: 'default',
    rendererOptions: {
      logger: new ListrLogger({ useIcons: true, toStderr: [], processOutput: new ProcessOutput(stream) }),
      icon: { [ListrDefaultRendererLogLevels.FAILED_WITH_FAILED_SUBTASKS]: figures.cross },
      collapseSubtasks: true,
      collapseSkips: true,
      collapseErrors: false, // a failed row keeps its title: the error is told after the list
      showErrorMessage: false,
      formatOutput: 'truncate',
    },
  }).run()
}

/** Runs one task alone. @returns what it came to */
export async function runTask<Value>(task: ValueTask<Value>, options: TaskOptions): Promise<Value> {
  await runTasks([task], options)
  return task.value
}

type Wrapper = Parameters<ListrTask['task']>[1]
type RowFactory = (wrapper: Wrapper, path: readonly string[]) => TaskRow

/** @param onError told of a failure before listr2 is, which forgets it in a concurrent group */
function listrTask(
  task: Task,
  parents: readonly string[],
  rowOf: RowFactory,
  onError: (error: unknown) => void = () => {},
): ListrTask {
  const path = [...parents, task.title]
  return {
    title: task.title,
    rendererOptions: { outputBar: false }, // or each frame after its end would add listeners
    task: async (_context, wrapper) => {
      const row = rowOf(wrapper, path)
      const startMs = Date.now()
      const failed = (error: unknown) => {
        row.fail(Date.now() - startMs)
        onError(error)
      }
      try {
        const reason = await task.skip?.()
        if (reason !== undefined) return row.skip(reason)
        row.begin()
        const result = (await task.run?.(row)) ?? undefined
        const ended = () => row.end(result, Date.now() - startMs)
        if (task.tasks === undefined) return ended()
        const steps = typeof task.tasks === 'function' ? await task.tasks() : task.tasks
        return group(
          wrapper,
          task.concurrent ?? false,
          (report) => steps.map((step) => listrTask(step, path, rowOf, report)),
          ended,
          failed,
        )
      } catch (error) {
        failed(error)
        throw error
      }
    },
  }
}

/** The steps of a task. listr2 runs what it is returned, so the gate behind them sits in its `run`. */
function group(
  wrapper: Wrapper,
  concurrent: boolean,
  steps: (report: (error: unknown) => void) => ListrTask[],
  ended: () => void,
  failed: (error: unknown) => void,
): Listr {
  const errors: unknown[] = []
  // Left to itself a concurrent group would go on at the first failure, with the others still at work.
  const list = wrapper.newListr(
    steps((error) => errors.push(error)),
    { concurrent, exitOnError: !concurrent },
  )
  const run = list.run.bind(list)
  list.run = async (context) => {
    await run(context).catch(() => {})
    if (errors.length === 0) ended()
    else {
      failed(errors[0])
      throw errors[0]
    }
  }
  return list
}

/** Says what a task is at: `slave: Install packages · 12/40`. Replaces the text before. */
export type Note = (text: string) => void

/** The live text of a task's row. */
export interface Progress {
  readonly note: Note
}

/** One row of what the user watches. A title is an imperative: `Start the machines`. */
export interface Task {
  readonly title: string
  /** A reason not to do it now, shown in place of a result. */
  readonly skip?: () => string | undefined | Promise<string | undefined>
  /** @returns what stays beside the finished title, e.g. `3 machines`; the time it took is added */
  // biome-ignore lint/suspicious/noConfusingVoidType: a run that has nothing to tell need not say so
  readonly run?: (progress: Progress) => Promise<string | void>
  /** Steps within it, after `run`; shown while they run and gone when all of them are done. */
  readonly tasks?: readonly Task[] | (() => Promise<readonly Task[]>)
  /** The steps run side by side. When one fails the others are awaited before the failure goes on. */
  readonly concurrent?: boolean
}

/** A task that comes to something. */
export interface ValueTask<Value> extends Task {
  /** Resolves when the task has run; never where it fails: then whoever runs the tasks is told. */
  readonly value: Promise<Value>
}

/** What a task came to, and what stays beside its title. */
interface Result<Value> {
  readonly value: Value
  readonly said?: string
}

/** Makes a task whose value is there for the tasks after it, and when all of them have run. */
export function valueTask<Value>(
  title: string,
  work: (progress: Progress) => Promise<Result<Value>>,
): ValueTask<Value> {
  const { promise, resolve } = later<Value>()
  const run = async (progress: Progress) => {
    const { value, said } = await work(progress)
    resolve(value)
    return said
  }
  return { title, run, value: promise }
}

/** A promise and what fulfils it; Node.js 22 has it as `Promise.withResolvers`. */
export function later<Value>(): {
  readonly promise: Promise<Value>
  readonly resolve: (value: Value) => void
} {
  let resolve: (value: Value) => void = () => {}
  const promise = new Promise<Value>((fulfil) => {
    resolve = fulfil
  })
  return { promise, resolve }
}

/** Where a task's course is shown. */
export interface TaskRow {
  begin(): void
  note(text: string): void
  skip(reason: string): void
  /** @param result what `run` returned  @param durationMs how long it took */
  end(result: string | undefined, durationMs: number): void
  fail(durationMs: number): void
}

/** `42 s`, `3 min 05 s`. */
export function duration(ms: number): string {
  const seconds = Math.round(ms / 1000)
  if (seconds < 60) return `${seconds} s`
  return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, '0')} s`
}

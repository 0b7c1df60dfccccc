import { setTimeout as delay } from 'node:timers/promises'
import { Interrupted } from '../../errors.ts'

/** Work that a signal ends. */
export interface Interruptible {
  /** The first signal: stop in an orderly way. */
  interrupt(signal: NodeJS.Signals): void
  /** The second signal, or our own exit: stop at once. Must be synchronous. */
  kill(): void
  /** It owns the terminal: Ctrl-C is its own business. */
  readonly foreground?: boolean
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** npm and npx pass the terminal's Ctrl-C on to us a second time: that is still the first. */
const SAME_KEYPRESS_MS = 500

// Signals belong to the process, so this is the one place with state of its own.
const live = new Set<Interruptible>()
const tidies = new Set<() => void>()
let first: { readonly signal: NodeJS.Signals; readonly atMs: number } | undefined
let listening = false

function onSignal(signal: NodeJS.Signals): void {
  if (signal === 'SIGINT' && [...live].some((work) => work.foreground)) return
  if (first === undefined) {
    first = { signal, atMs: Date.now() }
    for (const work of live) work.interrupt(signal)
    return
  }
  if (Date.now() - first.atMs < SAME_KEYPRESS_MS) return
  if (live.size > 0) killAll()
  else dieOf(signal)
}

function killAll(): void {
  for (const work of live) work.kill()
}

function tidyUp(): void {
  for (const tidy of tidies) tidy()
}

function atExit(): void {
  killAll()
  tidyUp()
}

/** Nothing is left to stop: end as the signal would have ended us without a handler. */
function dieOf(signal: NodeJS.Signals): void {
  tidyUp()
  unlisten()
  process.kill(process.pid, signal)
}

function listen(): void {
  if (listening) return
  listening = true
  for (const signal of SIGNALS) process.on(signal, onSignal)
  process.on('exit', atExit)
}

function unlisten(): void {
  listening = false
  for (const signal of SIGNALS) process.off(signal, onSignal)
  process.off('exit', atExit)
}

/** @throws Interrupted when a signal has come: no new work is begun after it */
export function throwIfInterrupted(): void {
  if (first) throw new Interrupted(first.signal)
}

/**
 * Lets signals reach this work until it is released. While nothing is watched, a signal ends the process as usual;
 * once one has come, we keep listening, so that its echo does not cut off what is said about it.
 * @returns releases it
 */
export function watch(work: Interruptible): () => void {
  throwIfInterrupted()
  listen()
  live.add(work)
  return () => {
    live.delete(work)
    rest()
  }
}

/** Nothing is watched any more. */
function rest(): void {
  if (live.size === 0 && tidies.size === 0 && first === undefined) unlisten()
}

/**
 * From now on the first signal does not end us where we stand: the next thing we begin is refused instead, so that the
 * work ends in its own order. However we end, `tidy` is called before (after KILL, nothing can be).
 * @param tidy synchronous
 * @returns calls it now
 */
export function tidyAtEnd(tidy: () => void): () => void {
  throwIfInterrupted()
  listen()
  tidies.add(tidy)
  return () => {
    if (!tidies.delete(tidy)) return
    tidy()
    rest()
  }
}

/**
 * Waits between two looks at a condition.
 * @throws Interrupted when a signal comes
 */
export async function pause(ms: number): Promise<void> {
  const abort = new AbortController()
  const release = watch({ interrupt: () => abort.abort(), kill: () => abort.abort() })
  try {
    await delay(ms, undefined, { signal: abort.signal })
  } catch (error) {
    throwIfInterrupted()
    throw error
  } finally {
    release()
  }
}

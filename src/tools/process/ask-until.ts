import { pause } from './signals.ts'

/**
 * Asks again and again until an answer is good, or the time is up.
 * @param limits.withinMs no question is begun later; the first is asked in any case
 * @returns the last answer, good or not
 * @throws Interrupted when a signal comes
 */
export async function askUntil<T>(
  ask: () => T | Promise<T>,
  isGood: (answer: T) => boolean,
  limits: { readonly everyMs: number; readonly withinMs: number },
): Promise<T> {
  for (const deadline = Date.now() + limits.withinMs; ; await pause(limits.everyMs)) {
    const answer = await ask()
    if (isGood(answer) || Date.now() >= deadline) return answer
  }
}

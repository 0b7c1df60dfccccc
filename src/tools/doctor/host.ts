import { existsSync } from 'node:fs'
import { CommandError } from '../../errors.ts'
import type { Output, Runner } from '../contracts.ts'
import { type Platform, readPlatform } from './platform.ts'

const ASK_TIMEOUT_MS = 20_000
const REACH_TIMEOUT_MS = 4_000

/** This computer as the rules ask it. Answers are remembered until `forget`, so that ten rules may ask the same. */
export interface Host {
  readonly run: Runner
  readonly platform: Platform
  readonly nodeVersion: string
  /** @returns what a program printed, whatever its exit code; `undefined` when it cannot be started */
  ask(file: string, args: readonly string[]): Promise<Output | undefined>
  exists(path: string): boolean
  /** @returns whether this registry answers from here */
  reachesRegistry(url: string): Promise<boolean>
  /** After an installation everything is asked anew. */
  forget(): void
}

async function answersAsRegistry(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(REACH_TIMEOUT_MS) })
    await response.body?.cancel()
    return response.ok || response.status === 401 // 401: a registry that wants a token, which docker then gets
  } catch {
    return false
  }
}

/** @param seen what differs from the real computer, in tests */
export function createHost(
  run: Runner,
  seen: Partial<Pick<Host, 'platform' | 'nodeVersion' | 'exists' | 'reachesRegistry'>> = {},
): Host {
  const answers = new Map<string, Promise<Output | undefined>>()
  const start = async (file: string, args: readonly string[]) => {
    try {
      return await run({ file, args, expectExit: 'any', timeoutMs: ASK_TIMEOUT_MS })
    } catch (error) {
      if (error instanceof CommandError) return undefined
      throw error
    }
  }
  return {
    platform: readPlatform(),
    nodeVersion: process.versions.node,
    exists: existsSync,
    reachesRegistry: answersAsRegistry,
    ...seen,
    run,
    ask(file, args) {
      const key = JSON.stringify([file, ...args])
      const answer = answers.get(key) ?? start(file, args)
      answers.set(key, answer)
      return answer
    },
    forget: () => answers.clear(),
  }
}

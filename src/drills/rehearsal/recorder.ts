import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { UserError } from '../../errors.ts'
import type { Lab, LabNode } from '../../lab.ts'
import { pause } from '../../tools/process/signals.ts'
import type { Guest } from '../../tools/ssh/guest-contract.ts'
import { NUMBERS_A_RUN, type Recording, readRecording } from './recording.ts'
import { type Sample, startSampler } from './sampler.ts'
import { runWriter, stopWriter } from './writer.ts'

/** The writer and the samples of the servers, while a drill goes on. */
export interface Recorder {
  /** Acknowledged so far. */
  commits(): number
  /**
   * Waits until so many more are acknowledged.
   * @throws CommandError when that takes longer than two minutes
   */
  waitForCommits(more: number): Promise<void>
  recording(): Recording
  samples(): readonly Sample[]
  /** Ends the writer and the sampler. May be called twice. */
  stop(): Promise<void>
}

/** No drill is longer. */
const WRITER_TIMEOUT_MS = 30 * 60_000

const FIRST_COMMIT_WITHIN_MS = 60_000
const MORE_COMMITS_WITHIN_MS = 120_000
const LOOK_EVERY_MS = 100

/**
 * Starts the writer and waits for its first commit.
 * @param file gets every line of the writer behind its time, so that a drill that dies can still be counted
 * @throws UserError when the writer is not let in
 */
export async function startRecorder(place: {
  readonly lab: Lab
  readonly guest: Guest
  readonly directory: string
  readonly host: LabNode
  readonly file: string
}): Promise<Recorder> {
  const { lab, guest, host, file } = place
  const lines: string[] = []
  let pid: string | undefined
  let commits = 0
  let failure: unknown
  let hasEnded = false
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, '')
  const onLine = (text: string) => {
    const line = `${Date.now()} ${text}`
    lines.push(line)
    appendFileSync(file, `${line}\n`)
    if (text.startsWith('ack ')) commits += 1
    if (text.startsWith('pid ')) pid = text.slice('pid '.length)
  }
  const writing = runWriter(place, { base: NUMBERS_A_RUN, timeoutMs: WRITER_TIMEOUT_MS, onLine })
    .catch((error: unknown) => {
      failure = error
    })
    .finally(() => {
      hasEnded = true
    })
  const sampler = startSampler(lab, guest)

  const stop = async () => {
    if (!hasEnded && pid !== undefined) {
      if (!lines.at(-1)?.endsWith(' stop')) onLine('stop')
      await stopWriter(guest, host, pid)
    }
    await Promise.all([writing, sampler.stop()])
    if (failure !== undefined) throw failure
  }
  const waitUntil = async (isSo: () => boolean, withinMs: number) => {
    const deadline = Date.now() + withinMs
    while (!isSo()) {
      if (failure !== undefined) throw failure
      if (hasEnded || Date.now() > deadline) return false
      await pause(LOOK_EVERY_MS)
    }
    return true
  }

  if (!(await waitUntil(() => commits > 0, FIRST_COMMIT_WITHIN_MS))) {
    await stop()
    throw notWriting(lab, host, lines)
  }
  return {
    commits: () => commits,
    waitForCommits: async (more) => {
      const wanted = commits + more
      if (!(await waitUntil(() => commits >= wanted, MORE_COMMITS_WITHIN_MS)))
        throw notWriting(lab, host, lines)
    },
    recording: () => readRecording(lines),
    samples: sampler.samples,
    stop,
  }
}

/** psql's own words say why. */
function notWriting({ database }: Lab, host: LabNode, lines: readonly string[]): UserError {
  const said = lines.findLast((line) => /\b(fatal|error):/i.test(line))?.replace(/^\d+ /, '')
  return new UserError(`${database.owner} cannot write from ${host.name}${said ? `: ${said}` : ''}`, {
    hint: 'does the lab know its own machines? npx create-pg-lab provision',
  })
}

import { CommandError, UserError } from '../errors.ts'
import type { Lab, LabNode } from '../lab.ts'
import { type LagSample, lagsNow } from '../observe/lag.ts'
import { scripted } from '../scripts/index.ts'
import { pause } from '../tools/process/signals.ts'
import type { Output } from '../tools/runner.ts'
import type { Guest } from '../tools/ssh/guest-contract.ts'
import { ifReachable } from '../tools/ssh/if-reachable.ts'

/** A load is bounded both ways: a lab on a laptop must survive a slip of the finger. */
export const LOAD_LIMITS = { rate: 5_000, seconds: 3_600 } as const

export interface LoadOptions {
  /** Transactions a second. */
  readonly rate: number
  readonly seconds: number
  /** Called about twice a second. */
  readonly onSample?: (sample: LagSample) => void
}

/** What pgbench did, and how far the standbys were behind meanwhile. */
export interface LoadResult {
  readonly transactions: number
  /** Transactions a second, as they really were. */
  readonly tps: number
  readonly latencyMs: number
  readonly samples: readonly LagSample[]
}

const SAMPLE_EVERY_MS = 400

/** After the last transaction: the standbys catch up. */
const WATCH_ON_MS = 1_500

/** Preparing its tables and dropping them, on a slow machine. */
const AROUND_MS = 60_000

const ALREADY_RUNNING = 75 // EX_TEMPFAIL of sysexits.h

/** What timeout(1) ends with. */
const TIME_IS_UP = 124

/** A standby that answers acknowledges a commit in far less, on a slow computer too. */
const COMMIT_S = 20

/**
 * Puts a bounded load on the primary and watches the standbys. Nothing of it stays in the database.
 * @param primary the server that is not in recovery
 * @throws UserError when a load is already running; CommandError when pgbench fails
 */
export async function runLoad(
  lab: Lab,
  primary: LabNode,
  guest: Guest,
  options: LoadOptions,
): Promise<LoadResult> {
  const { rate, seconds } = options
  const { name, owner } = lab.database
  const argv = scripted('load.sh', [name, String(rate), String(seconds), owner, String(COMMIT_S)])
  const timeoutMs = seconds * 1000 + AROUND_MS
  let state: LoadState = 'running'
  const work = async () => {
    try {
      const output = await guest.shell(primary, argv, { as: 'postgres', timeoutMs, endWithUs: true })
      state = output.exitCode === 0 ? 'done' : 'failed'
      return output
    } finally {
      if (state === 'running') state = 'failed'
    }
  }
  const [output, samples] = await Promise.all([
    work(),
    sampleWhile(() => state, lab, primary, guest, options.onSample),
  ])
  return { ...figuresOf(output, primary), samples }
}

type LoadState = 'running' | 'done' | 'failed'

async function sampleWhile(
  stateNow: () => LoadState,
  lab: Lab,
  primary: LabNode,
  guest: Guest,
  onSample: LoadOptions['onSample'],
): Promise<readonly LagSample[]> {
  const samples: LagSample[] = []
  const began = Date.now()
  let doneAt: number | undefined
  while (stateNow() !== 'failed' && (doneAt === undefined || Date.now() - doneAt < WATCH_ON_MS)) {
    const asked = Date.now()
    // One look that was not answered is left out: what is watched goes on.
    const lags = await ifReachable(() => lagsNow(lab, primary, guest), undefined)
    if (lags) {
      const sample = { atMs: asked - began, lags }
      samples.push(sample)
      onSample?.(sample)
    }
    if (stateNow() === 'done') doneAt ??= Date.now()
    await pause(Math.max(0, SAMPLE_EVERY_MS - (Date.now() - asked)))
  }
  return samples
}

/** pgbench's closing lines. */
function figuresOf(output: Output, { name }: LabNode): Omit<LoadResult, 'samples'> {
  if (output.exitCode === ALREADY_RUNNING) {
    throw new UserError(`A load is already running on ${name}`, {
      hint: 'watch it: npx create-pg-lab status --watch',
    })
  }
  if (output.exitCode === TIME_IS_UP) {
    throw new CommandError(
      `A commit on ${name} did not come back within ${COMMIT_S} s, so there was no load`,
      {
        command: 'psql',
        exitCode: output.exitCode,
        lastLines: [],
        hint: 'see which synchronous standby it waits for: npx create-pg-lab verify --only synchronous,standby',
      },
    )
  }
  const figure = (pattern: RegExp) => Number(pattern.exec(output.stdout)?.[1])
  const transactions = figure(/transactions actually processed: (\d+)/)
  if (output.exitCode !== 0 || Number.isNaN(transactions)) throw failed(output, name)
  return {
    transactions,
    tps: figure(/^tps = ([\d.]+)/m),
    latencyMs: figure(/^latency average = ([\d.]+) ms/m),
  }
}

function failed({ exitCode, stdout, stderr }: Output, name: string): CommandError {
  const lines = `${stdout}\n${stderr}`.split(/\r?\n/).filter((line) => line.trim() !== '')
  const isMissing = exitCode === 127
  return new CommandError(
    isMissing ? `${name} has no pgbench` : `pgbench failed on ${name} with exit code ${exitCode}`,
    {
      command: 'pgbench',
      exitCode,
      lastLines: lines,
      hint: isMissing
        ? 'It comes with the server’s contrib package: npx create-pg-lab provision'
        : 'Is the server healthy? npx create-pg-lab status',
    },
  )
}

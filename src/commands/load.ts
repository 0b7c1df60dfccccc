import { EXIT, Interrupted, UserError } from '../errors.ts'
import type { LagSample } from '../observe/lag.ts'
import { LOAD_LIMITS, type LoadResult, runLoad } from '../operations/load.ts'
import { runTask, valueTask } from '../tasks/index.ts'
import { size, span } from '../units.ts'
import type { Context } from './shared/context.ts'
import { onePrimary } from './shared/one-primary.ts'
import { openSession, verifyIsUp } from './shared/session.ts'

interface LoadFlags {
  readonly rate?: number
  readonly seconds?: number
}

const DEFAULTS = { rate: 200, seconds: 30 } as const

/** `create-pg-lab load`: pgbench on the primary for a while, so that lag can be seen. */
export async function load(context: Context, options: LoadFlags): Promise<number> {
  const rate = bounded('rate', options.rate)
  const seconds = bounded('seconds', options.seconds)
  const session = await openSession(context)
  verifyIsUp(session)
  const { lab, guest, taskOptions } = session
  const primary = await onePrimary(session, 'to put a load on')
  const title = `Load ${primary.name} with ${rate} transactions a second for ${seconds} s`
  const task = valueTask(title, async ({ note }) => {
    const onSample = (sample: LagSample) => note(progress(sample, seconds))
    const value = await runLoad(lab, primary, guest, { rate, seconds, onSample })
    return { value, said: `${value.transactions} transactions` }
  })
  try {
    context.print(`\n${summary(await runTask(task, taskOptions))}`)
    return EXIT.ok
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error
    throw new Interrupted(error.signal, [
      'The load stops because its connection is closed, and drops its tables.',
    ])
  }
}

function bounded(name: 'rate' | 'seconds', value: number = DEFAULTS[name]): number {
  if (value >= 1 && value <= LOAD_LIMITS[name]) return value
  throw new UserError(`--${name} ${value} is out of bounds`, { hint: `1 to ${LOAD_LIMITS[name]}` })
}

function progress({ atMs, lags }: LagSample, seconds: number): string {
  const behind = Object.entries(lags).map(([name, lag]) => `${name} ${size(lag.bytes)} behind`)
  return [`${Math.min(seconds, Math.round(atMs / 1000))} of ${seconds} s`, ...behind].join(' · ')
}

/** What was done, and the worst each standby came to. */
function summary({ transactions, tps, latencyMs, samples }: LoadResult): string {
  const names = [...new Set(samples.flatMap(({ lags }) => Object.keys(lags)))]
  const worst = names.map((name) => {
    const lags = samples.flatMap((sample) => sample.lags[name] ?? [])
    const bytes = Math.max(...lags.map((lag) => lag.bytes))
    const seconds = Math.max(...lags.map((lag) => lag.seconds))
    return `  ${name} was at most ${size(bytes)} and ${span(seconds)} behind`
  })
  const done = `  ${transactions} transactions, ${tps.toFixed(0)} a second, ${latencyMs.toFixed(1)} ms each`
  return [done, ...worst].join('\n')
}

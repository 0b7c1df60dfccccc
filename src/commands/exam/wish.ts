import { type Problem, UserError } from '../../errors.ts'
import type { Language } from '../../words/languages.ts'

export interface ExamOptions {
  readonly seed?: string
  readonly faults?: string
  readonly minutes?: string
  readonly repair?: true
  readonly json?: true
  readonly lang?: Language
}

/** What is asked for. */
export interface ExamWish {
  readonly seed: number
  readonly count: number
  readonly minutes: number
}

/** Bounds, both included. */
const ASKED = {
  seed: { least: 0, most: 2 ** 32 - 1, usual: undefined },
  faults: { least: 1, most: 5, usual: 3 },
  minutes: { least: 1, most: 600, usual: 60 },
} as const

/** @throws UserError with all that is wrong at once */
export function wishOf(options: Pick<ExamOptions, 'seed' | 'faults' | 'minutes'>): ExamWish {
  const problems: Problem[] = []
  const read = (name: keyof typeof ASKED): number => {
    const { least, most, usual } = ASKED[name]
    const given = options[name]
    const hint = `a whole number from ${least} to ${most}`
    if (given === undefined && usual !== undefined) return usual
    const value = given !== undefined && /^\d{1,10}$/.test(given) ? Number(given) : Number.NaN
    if (value >= least && value <= most) return value
    const message =
      given === undefined ? 'is missing: it says which exam it is' : `must be ${hint}; ${given} was given`
    problems.push({ path: `--${name}`, message, ...(given === undefined ? { hint } : {}) })
    return least
  }
  const wish = { seed: read('seed'), count: read('faults'), minutes: read('minutes') }
  if (problems.length === 0) return wish
  throw new UserError('The exam cannot be set like that', {
    problems,
    hint: 'npx create-pg-lab exam --seed 7',
  })
}

/** The command that sets it. */
export function wordsOf({ seed, count, minutes }: ExamWish): string {
  const more = [
    count === ASKED.faults.usual ? '' : ` --faults ${count}`,
    minutes === ASKED.minutes.usual ? '' : ` --minutes ${minutes}`,
  ]
  return `exam --seed ${seed}${more.join('')}`
}

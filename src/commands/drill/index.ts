import { can } from '../../catalog/providers/index.ts'
import { chooseFrom } from '../../config/closest.ts'
import { DRILLS } from '../../drills/index.ts'
import { isRunning, readOpenDrill } from '../../drills/rehearsal/open-drill.ts'
import { EXIT, UserError } from '../../errors.ts'
import type { Lab } from '../../lab.ts'
import { type Language, languageOf } from '../../words/languages.ts'
import type { Context } from '../shared/context.ts'
import { openSession, readConfig } from '../shared/session.ts'
import { check } from './check.ts'
import { hint } from './hint.ts'
import { perform } from './perform.ts'
import { repair } from './repair.ts'
import { results } from './results.ts'

export interface DrillOptions {
  readonly how?: string
  readonly inPlace?: true
  readonly keep?: true
  readonly on?: string
  readonly lang?: Language
  readonly json?: true
  readonly all?: true
}

/** `create-pg-lab drill [name | hint | check | repair | results]`: rehearses a bad day, or leads back from one. */
export async function drill(
  context: Context,
  { inPlace, how = inPlace && 'in-place', keep, lang, on, all, json }: DrillOptions,
  name: string | undefined,
): Promise<number> {
  const language = lang ?? languageOf(context.env)
  if (name === 'results') return results(context, language, json === true)
  if (json && name !== 'check') {
    throw new UserError('--json goes with results and check', {
      hint: 'see what drills came to: npx create-pg-lab drill results --json',
    })
  }
  if (name === undefined) return list(context, language)
  if (name === 'hint') return hint(await openSession(context), language, all === true)
  if (name === 'check') return check(await openSession(context), language, json === true)
  if (name === 'repair') return repair(await openSession(context))
  const chosen = DRILLS.find(({ id }) => id === name)
  if (!chosen) {
    throw new UserError(`There is no drill ${name}`, {
      hint: chooseFrom(name, [...DRILLS.map(({ id }) => id), 'hint', 'check', 'repair', 'results']),
    })
  }
  if (how !== undefined && !chosen.hows.includes(how)) {
    throw new UserError(`${name} has no --how ${how}`, {
      hint: chosen.hows.length > 0 ? chooseFrom(how, chosen.hows) : 'it has only one way: leave --how out',
    })
  }
  const session = await openSession(context)
  verifyMeant(session.lab, on, how === undefined ? name : `${name} --how ${how}`)
  return perform(session, chosen, {
    how: how ?? chosen.hows[0],
    keep: keep === true,
    language,
  })
}

/** Servers that were there before the lab are broken only by those who say whose they are. */
function verifyMeant(lab: Lab, on: string | undefined, drill: string): void {
  const { name } = lab
  if (on === name || (on === undefined && can(lab).makeMachines)) return
  const problem =
    on === undefined
      ? 'A drill breaks things, and the servers of this lab were there before it'
      : `This is the lab ${name}, not ${on}`
  throw new UserError(problem, {
    hint: `to break and repair them anyway: npx create-pg-lab drill ${drill} --on ${name}`,
  })
}

/** All drills, a line each, and what is unfinished. */
async function list(context: Context, language: Language): Promise<number> {
  const { paint } = context
  const width = Math.max(...DRILLS.map(({ id }) => id.length))
  for (const { id, teaches, hows } of DRILLS) {
    const ways = hows.length > 0 ? paint('dim', `  --how ${hows.join(' | ')}`) : ''
    context.print(`  ${paint('bold', id.padEnd(width))}  ${teaches[language]}${ways}`)
  }
  const { directory } = await readConfig(context)
  const state = readOpenDrill(directory)
  const end =
    state && !isRunning(state)
      ? `${state.drill} has not ended. Repair the lab: npx create-pg-lab drill repair`
      : `Run one: npx create-pg-lab drill ${DRILLS[0]?.id}`
  context.print(`\n${end}`)
  return EXIT.ok
}

import { UserError } from '../../errors.ts'
import { languageOf } from '../../words/languages.ts'
import type { Context } from '../shared/context.ts'
import { openSession } from '../shared/session.ts'
import { begin } from './begin.ts'
import { giveHint } from './hint.ts'
import { showExam } from './status.ts'
import { submit } from './submit.ts'
import { type ExamOptions, wishOf } from './wish.ts'

type ExamVerb = 'status' | 'hint' | 'submit'

/** `create-pg-lab exam [status | hint | submit]`: hidden faults to find and repair, drawn by a seed. */
export async function exam(
  context: Context,
  options: ExamOptions,
  verb: ExamVerb | undefined,
  symptom: string | undefined,
): Promise<number> {
  verifyFits(options, verb, symptom)
  const { json, lang } = options
  const say = { language: lang ?? languageOf(context.env), isJson: json === true }
  if (verb === undefined) {
    const wish = wishOf(options)
    return begin(await openSession(context), wish, say)
  }
  const session = await openSession(context)
  if (verb === 'status') return showExam(session, say)
  if (verb === 'hint') return giveHint(session, symptom, say)
  return submit(session, options.repair === true, say)
}

/** @throws UserError when a word is for another verb */
function verifyFits(
  { seed, faults, minutes, repair }: ExamOptions,
  verb: ExamVerb | undefined,
  symptom: string | undefined,
): void {
  const begins = Object.entries({ seed, faults, minutes }).filter(([, value]) => value !== undefined)
  const problems = [
    ...(verb === undefined ? [] : begins).map(([name]) => ({
      path: `--${name}`,
      message: `goes with the beginning of an exam, not with exam ${verb}`,
      hint: 'leave it out',
    })),
    ...(repair && verb !== 'submit'
      ? [{ path: '--repair', message: 'goes with exam submit alone', hint: 'leave it out' }]
      : []),
    ...(symptom !== undefined && verb !== 'hint'
      ? [{ path: symptom, message: `exam ${verb} takes no number`, hint: 'a number goes with exam hint' }]
      : []),
  ]
  if (problems.length > 0) throw new UserError('That does not go together', { problems })
}

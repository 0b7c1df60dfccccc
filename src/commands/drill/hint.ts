import type { Hint } from '../../drills/drill.ts'
import { writeOpenDrill } from '../../drills/rehearsal/open-drill.ts'
import { EXIT, UserError } from '../../errors.ts'
import type { Language } from '../../words/languages.ts'
import type { Session } from '../shared/session.ts'
import { unfinished } from './stage.ts'

/** `create-pg-lab drill hint`: one more of the hints. */
export async function hint(session: Session, language: Language): Promise<number> {
  const open = unfinished(session)
  if (!open) {
    throw new UserError('No drill is waiting to be repaired', {
      hint: 'begin one and repair it by hand: npx create-pg-lab drill slave-outage --keep',
    })
  }
  const { drill, state } = open
  const hints = drill.hints(state.cast, session.lab)
  const next = hints[state.hints]
  session.context.print(
    next ? describeHint(next, `${state.hints + 1}/${hints.length}`, language) : NO_MORE[language],
  )
  if (next) writeOpenDrill(session.directory, { ...state, hints: state.hints + 1 })
  return EXIT.ok
}

/** What is to be typed has a line of its own, to be copied. */
function describeHint(hint: Hint, number: string, language: Language): string {
  return `${number}  ${hint[language]}${hint.type === undefined ? '' : `\n\n     ${hint.type}\n`}`
}

const NO_MORE = {
  en: 'Those were all the hints. This repairs the lab for you: npx create-pg-lab drill repair',
  ru: 'Это были все подсказки. Эта команда сама вернёт стенд в исходное состояние: npx create-pg-lab drill repair',
} as const

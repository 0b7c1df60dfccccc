import type { Language } from '../../create/answers.ts'
import { writeState } from '../../drills/state.ts'
import { EXIT, UserError } from '../../errors.ts'
import type { Session } from '../session.ts'
import { unfinished } from './stage.ts'

/** `pg-lab drill hint`: one more of the hints. */
export async function hint(session: Session, language: Language): Promise<number> {
  const open = unfinished(session)
  if (!open) {
    throw new UserError('No drill waits to be repaired', {
      hint: 'begin one and repair it by hand: npx create-pg-lab drill slave-outage --keep',
    })
  }
  const { drill, state } = open
  const hints = drill.hints(state.cast, session.lab)
  const next = hints[state.hints]
  session.context.print(next ? `${state.hints + 1}/${hints.length}  ${next[language]}` : NO_MORE[language])
  if (next) writeState(session.directory, { ...state, hints: state.hints + 1 })
  return EXIT.ok
}

const NO_MORE = {
  en: 'That were all hints. This leads the lab back by itself: npx create-pg-lab drill repair',
  ru: 'Подсказки кончились. Эта команда вернёт стенд сама: npx create-pg-lab drill repair',
} as const

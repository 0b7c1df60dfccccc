import type { Hint } from '../../drills/drill.ts'
import { nextHint } from '../../drills/rehearsal/next-hint.ts'
import { writeOpenDrill } from '../../drills/rehearsal/open-drill.ts'
import { EXIT, UserError } from '../../errors.ts'
import { surveyLab } from '../../observe/status.ts'
import type { Language } from '../../words/languages.ts'
import type { Session } from '../shared/session.ts'
import { unfinished } from './stage.ts'

/**
 * `create-pg-lab drill hint`: the one that helps as the lab is now.
 * @param isAll all of them, to be read again
 */
export async function hint(session: Session, language: Language, isAll: boolean): Promise<number> {
  const open = unfinished(session)
  if (!open) {
    throw new UserError('No drill is waiting to be repaired', {
      hint: 'begin one and repair it by hand: npx create-pg-lab drill slave-outage --keep',
    })
  }
  const { context, directory, lab, guest } = session
  const { drill, state } = open
  const hints = drill.hints(state.cast, lab)
  const describe = (at: number) => describeHint(hints[at] as Hint, `${at + 1}/${hints.length}`, language)
  if (isAll) {
    context.print(hints.map((_, at) => describe(at)).join('\n'))
    return EXIT.ok
  }
  const seen = await surveyLab(lab, guest)
  const next = nextHint(hints, state.hints, seen)
  if (next === undefined) {
    const isDone = hints.some((one) => one.isDone) // and none is left that is not
    context.print((isDone ? ALL_DONE : NO_MORE)[language])
    return EXIT.ok
  }
  context.print(describe(next))
  writeOpenDrill(directory, { ...state, hints: Math.max(state.hints, next + 1) })
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

const ALL_DONE = {
  en: 'As far as one can see, it is repaired. Let it be judged: npx create-pg-lab drill check',
  ru: 'Судя по всему, всё исправлено. Проверьте: npx create-pg-lab drill check',
} as const

import { EXIT, UserError } from '../../errors.ts'
import type { DrawnFault } from '../../exam/draw.ts'
import { AREAS } from '../../exam/exam-fault.ts'
import { EXAM_SAYS } from '../../exam/exam-words.ts'
import { HINT_COSTS } from '../../exam/score.ts'
import { sealExam } from '../../exam/seal.ts'
import type { Language } from '../../words/languages.ts'
import { enveloped } from '../shared/envelope.ts'
import type { Session } from '../shared/session.ts'
import type { ExamSpeech } from './speech.ts'
import { examUnderWay, placeOfExam } from './under-way.ts'

/** Steps of hints for each fault: what it is about, where, what to look at. */
const STEPS = 3

/** `create-pg-lab exam hint 2`: the next step for the second symptom; those given are told again. */
export async function giveHint(
  session: Session,
  symptom: string | undefined,
  { language, isJson }: ExamSpeech,
): Promise<number> {
  const { context, lab } = session
  const { state, faults } = examUnderWay(session)
  const fault = faults[Number(symptom) - 1]
  if (!fault || !/^\d+$/.test(symptom ?? '')) {
    const message = symptom === undefined ? 'A hint for which symptom?' : `There is no symptom ${symptom}`
    throw new UserError(message, {
      hint: `its number, 1 to ${faults.length}: npx create-pg-lab exam hint 1`,
    })
  }
  const given = Math.min((state.hints[fault.id] ?? 0) + 1, STEPS)
  sealExam(placeOfExam(session), { ...state, hints: { ...state.hints, [fault.id]: given } })
  const hints = stepsOf(fault, language).slice(0, given)
  const costs = Math.round((100 / faults.length) * HINT_COSTS * given * 10) / 10
  if (isJson) {
    context.print(enveloped('exam', lab.name, { state: 'hint', number: Number(symptom), hints, costs }))
    return EXIT.ok
  }
  const say = EXAM_SAYS[language]
  const lines = hints.map((text, at) => `  ${at + 1}/${STEPS}  ${text}`)
  context.print([...lines, '', say.hintsCost(costs, given === STEPS)].join('\n'))
  return EXIT.ok
}

function stepsOf({ area, node, look }: DrawnFault, language: Language): readonly string[] {
  const say = EXAM_SAYS[language]
  return [say.isAbout(AREAS[area][language]), say.isOn(node.name), look[language]]
}

import { EXIT } from '../../errors.ts'
import { EXAM_SAYS } from '../../exam/exam-words.ts'
import { enveloped } from '../shared/envelope.ts'
import type { Session } from '../shared/session.ts'
import type { ExamSpeech } from './speech.ts'
import { examUnderWay } from './under-way.ts'

/** `create-pg-lab exam status`: what the users say, the time left, the hints taken. */
export async function showExam(session: Session, { language, isJson }: ExamSpeech): Promise<number> {
  const { context, lab } = session
  const { state, faults, startedMs } = examUnderWay(session)
  const endsMs = startedMs + state.minutes * 60_000
  const leftMs = endsMs - Date.now()
  const symptoms = faults.map(({ id, symptom }, at) => ({
    number: at + 1,
    symptom: symptom[language],
    hints: state.hints[id] ?? 0,
  }))
  if (isJson) {
    const content = {
      state: 'running',
      seed: state.seed,
      minutes: state.minutes,
      endsAt: new Date(endsMs).toISOString(),
      leftMs,
      symptoms,
    }
    context.print(enveloped('exam', lab.name, content))
    return EXIT.ok
  }
  const say = EXAM_SAYS[language]
  context.print(
    [
      context.paint('bold', say.headline(state.seed, faults.length, Math.ceil(leftMs / 60_000))),
      '',
      ...symptoms.map(({ number, symptom, hints }) => {
        const taken = hints > 0 ? context.paint('dim', `  (${say.hintsTaken(hints)})`) : ''
        return `  ${number}  ${symptom}${taken}`
      }),
      '',
      ...say.wayOn,
    ].join('\n'),
  )
  return EXIT.ok
}

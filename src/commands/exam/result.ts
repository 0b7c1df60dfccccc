import type { DrawnFault } from '../../exam/draw.ts'
import { EXAM_SAYS } from '../../exam/exam-words.ts'
import { findingOf, isRepaired } from '../../exam/score.ts'
import type { Paint } from '../../paint.ts'
import { WORDS } from '../../words/index.ts'
import type { Language } from '../../words/languages.ts'
import { type ExamResult, repairedSeenMs } from './outcome.ts'

/** The result on a terminal: the points, then fault by fault. */
export function showResult(result: ExamResult, language: Language, paint: Paint): string {
  const { state, faults, score, kept, usedMs, notes, startedMs } = result
  const say = EXAM_SAYS[language]
  const { span } = WORDS[language]
  const typed = notes.flatMap((note) => ('typed' in note ? [note] : []))
  return [
    paint('bold', say.points(state.seed, score.points)),
    '',
    `  ${say.time(Math.ceil(usedMs / 60_000), state.minutes, score.late)}`,
    `  ${say.rows(kept, state.rows.length, score.data)}`,
    ...(score.untidy > 0 ? [`  ${say.untidy(score.untidy)}`] : []),
    ...faults.flatMap((fault, at) => ['', ...showFault(result, fault, at, language, paint)]),
    ...(typed.length > 0 ? ['', paint('bold', say.typed)] : []),
    ...typed.map(({ atMs, typed: words, exitCode }) => {
      const after = span(Math.max(0, (atMs - startedMs) / 1000))
      const failed = exitCode === 0 ? '' : `  (${say.exitCode(exitCode)})`
      return `  +${after}${failed}  npx create-pg-lab ${words}`
    }),
  ].join('\n')
}

function showFault(
  result: ExamResult,
  fault: DrawnFault,
  at: number,
  language: Language,
  paint: Paint,
): readonly string[] {
  const { findings, score, state } = result
  const say = EXAM_SAYS[language]
  const { span } = WORDS[language]
  const isWell = isRepaired(findings, fault.finding)
  const seenMs = repairedSeenMs(result, fault.id)
  const seen = seenMs === undefined ? '' : `, ${say.seenRepaired(span(Math.max(0, seenMs / 1000)))}`
  const mark = isWell ? paint('green', '✔') : paint('red', '✖')
  const head = `${mark} ${at + 1}  ${isWell ? say.repaired : say.notRepaired}${isWell ? seen : ''}`
  const hints = state.hints[fault.id] ?? 0
  const cost = `${say.pointsOf(score.faults[at] ?? 0)}${hints > 0 ? `, ${say.hintsTaken(hints)}` : ''}`
  const [first, ...rest] = fault.remedy.map(({ on, type }) => (on ? `${on.name}: ${type}` : type))
  const rows: readonly (readonly [string, string])[] = [
    [say.symptom, fault.symptom[language]],
    [say.cause, fault.cause[language]],
    [say.remedy, first ?? ''],
    ...rest.map((text): readonly [string, string] => ['', text]),
    [say.now, `${fault.finding}: ${findingOf(findings, fault.finding)?.observed ?? say.gone}`],
  ]
  const width = Math.max(...rows.map(([name]) => name.length))
  return [`${head} · ${cost}`, ...rows.map(([name, text]) => `     ${name.padEnd(width)}  ${text}`)]
}

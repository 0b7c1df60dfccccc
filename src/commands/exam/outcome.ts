import { runChecks } from '../../checks/index.ts'
import { countRows, deleteRows } from '../../exam/rows.ts'
import { type ExamScore, findingOf, isRepaired, scoreOf } from '../../exam/score.ts'
import { type ExamNote, readExamNotes } from '../../exam/seal.ts'
import type { Finding } from '../../finding.ts'
import type { LabNode } from '../../lab.ts'
import { askServers } from '../../observe/servers.ts'
import { askUntil } from '../../tools/process/ask-until.ts'
import type { Session } from '../shared/session.ts'
import type { ExamSpeech } from './speech.ts'
import { examUnderWay, placeOfExam, silentGuest, type UnderWay } from './under-way.ts'

/** What was just typed may need a moment to take effect. */
const SETTLES_WITHIN_MS = 30_000

/** All that an exam came to. */
export interface ExamResult extends UnderWay {
  readonly score: ExamScore
  readonly findings: readonly Finding[]
  readonly usedMs: number
  /** Acknowledged rows that are there; `undefined` where nobody could be asked. */
  readonly kept: number | undefined
  readonly notes: readonly ExamNote[]
  readonly startedMs: number
}

/** Looks at the lab, and judges. */
export async function lookAtExam(session: Session): Promise<ExamResult> {
  const { lab } = session
  const guest = silentGuest(session)
  const { state, cast, faults, startedMs } = examUnderWay(session)
  const usedMs = Date.now() - startedMs
  const findings = await askUntil(
    () => runChecks(lab, guest),
    (seen) => seen.every(({ ok }) => ok),
    { everyMs: 2_000, withinMs: SETTLES_WITHIN_MS },
  )
  const primary = await primaryNow(session, cast.primary)
  const kept = primary && (await countRows(lab, primary, state.rows, guest))
  if (primary) await deleteRows(lab, primary, state.rows, guest)
  const judged = faults.map(({ id, finding }) => ({
    isRepaired: isRepaired(findings, finding),
    hints: state.hints[id] ?? 0,
  }))
  const score = scoreOf({
    faults: judged,
    lateMinutes: Math.max(0, Math.ceil((usedMs - state.minutes * 60_000) / 60_000)),
    isDataKept: kept === state.rows.length,
    // While a fault is there, what follows from it is not counted a second time.
    isTidy: judged.some((one) => !one.isRepaired) || findings.every(({ ok }) => ok),
  })
  return {
    state,
    cast,
    faults,
    score,
    findings,
    usedMs,
    kept,
    startedMs,
    notes: readExamNotes(placeOfExam(session)),
  }
}

/** Of several the one that was it when the exam began. */
async function primaryNow({ lab, guest }: Session, before: LabNode): Promise<LabNode | undefined> {
  const primaries = (await askServers(lab, guest)).filter(({ state }) => state === 'primary')
  return (primaries.find(({ node }) => node.name === before.name) ?? primaries[0])?.node
}

export function resultForMachines(result: ExamResult, { language }: ExamSpeech): object {
  const { state, faults, score, findings, usedMs, kept, notes } = result
  return {
    state: 'submitted',
    seed: state.seed,
    minutes: state.minutes,
    usedMs,
    points: score.points,
    taken: { late: score.late, data: score.data, untidy: score.untidy },
    rows: { acknowledged: state.rows.length, kept: kept ?? null },
    faults: faults.map(({ id, symptom, cause, remedy, finding }, at) => ({
      id,
      symptom: symptom[language],
      cause: cause[language],
      remedy: remedy.map(({ on, type }) => ({ node: on?.name ?? null, type })),
      finding,
      observed: findingOf(findings, finding)?.observed ?? null,
      repaired: isRepaired(findings, finding),
      repairedSeenMs: repairedSeenMs(result, id) ?? null,
      hints: state.hints[id] ?? 0,
      points: score.faults[at],
    })),
    findings: findings.filter(({ ok }) => !ok),
    typed: notes.flatMap((note) =>
      'typed' in note
        ? [{ at: new Date(note.atMs).toISOString(), words: note.typed, exitCode: note.exitCode }]
        : [],
    ),
  }
}

/** When a `verify` of the examinee first found it repaired, and no later one found it broken again; since the beginning. */
export function repairedSeenMs(
  { notes, startedMs }: Pick<ExamResult, 'notes' | 'startedMs'>,
  id: string,
): number | undefined {
  const looks = notes.flatMap((note) => ('repaired' in note ? [note] : []))
  const broken = looks.findLastIndex(({ repaired }) => !repaired.includes(id))
  const first = looks[broken + 1]
  return first && first.atMs - startedMs
}

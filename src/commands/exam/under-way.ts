import { UserError } from '../../errors.ts'
import { type DrawnFault, planFaults } from '../../exam/draw.ts'
import { castOf, type ExamCast } from '../../exam/exam-fault.ts'
import { EXAM_FAULTS } from '../../exam/faults/index.ts'
import { type ExamPlace, type OpenExam, readExam } from '../../exam/seal.ts'
import { type Lab, postgresNodes } from '../../lab.ts'
import type { Guest } from '../../tools/ssh/guest-contract.ts'
import { psqlProgram } from '../../tools/ssh/psql-session.ts'
import { createGuest } from '../../tools/ssh/ssh-guest.ts'
import type { Session } from '../shared/session.ts'

/** An exam with what it is made of, in this lab. */
export interface UnderWay {
  readonly state: OpenExam
  readonly cast: ExamCast
  /** In the order of the symptoms. */
  readonly faults: readonly DrawnFault[]
}

export function placeOfExam({ directory, context }: Pick<Session, 'directory' | 'context'>): ExamPlace {
  return { directory, env: context.env }
}

/** @throws UserError when none is under way, or one is still being set */
export function examUnderWay(session: Session): UnderWay & { readonly startedMs: number } {
  const open = openExam(session)
  if (!open) {
    throw new UserError('No exam is under way', { hint: 'begin one: npx create-pg-lab exam --seed 7' })
  }
  const { startedMs } = open.state
  if (startedMs === undefined) throw wasCutOff(open.state)
  return { ...open, startedMs }
}

/** The exam of this lab, whichever state it is in. */
export function openExam(session: Session): UnderWay | undefined {
  const state = readExam(placeOfExam(session))
  if (!state) return undefined
  const cast = castWith(session.lab, state.primary)
  const planned = planFaults(EXAM_FAULTS, cast)
  const faults = state.drawn.map((id) => {
    const found = planned.find((fault) => fault.id === id)
    if (found) return found
    throw new UserError('The config was changed since the exam began: a machine of it is gone', {
      hint: 'put it back into the config; or, without the machines, begin over: npx create-pg-lab destroy',
    })
  })
  return { state, cast, faults }
}

export function castWith(lab: Lab, primary: string): ExamCast {
  return castOf(lab, postgresNodes(lab).find(({ name }) => name === primary) ?? lab.master)
}

export function wasCutOff({ seed, count, minutes }: OpenExam): UserError {
  return new UserError(`An exam was cut off while it was being set: seed ${seed}, ${count} faults`, {
    hint:
      `go on with it: npx create-pg-lab exam --seed ${seed} --faults ${count} --minutes ${minutes}; ` +
      'or repair what was done: npx create-pg-lab exam submit --repair',
  })
}

/** Reaches the machines as the session's does; but no log gets what it does there. */
export function silentGuest({ context, directory, lab }: Session): Guest {
  return createGuest({ directory, run: context.run, psql: psqlProgram(lab) })
}

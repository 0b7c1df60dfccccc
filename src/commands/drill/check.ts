import type { Language } from '../../create/answers.ts'
import { lossOf, readRecording } from '../../drills/recording.ts'
import { forgetState, readLines } from '../../drills/state.ts'
import { dropTable, numbersIn } from '../../drills/writer.ts'
import { EXIT, UserError } from '../../errors.ts'
import { findPrimary } from '../../tools/cluster.ts'
import { type Session, verifyIsUp } from '../session.ts'
import { showFindings } from '../verify.ts'
import { stageOf, unfinished } from './stage.ts'
import { lookNow } from './verify.ts'

/** `pg-lab drill check`: is it repaired? When it is, the drill has ended, and what was lost is told. */
export async function check(session: Session, language: Language): Promise<number> {
  verifyIsUp(session)
  const open = unfinished(session)
  if (!open) {
    throw new UserError('No drill waits to be repaired', {
      hint: 'is the lab well? npx create-pg-lab verify',
    })
  }
  const { context, directory, lab, guest } = session
  const { drill, state } = open
  const stage = stageOf(session, state.cast)
  const findings = await lookNow(session, stage, drill)
  const failed = findings.filter(({ ok }) => !ok)
  if (failed.length > 0) {
    context.print(showFindings(failed, context.paint))
    context.print(`\n${SAY.notYet[language]}`)
    return EXIT.failedFindings
  }
  await drill.tidy?.(stage)
  const primary = await findPrimary(lab, guest)
  if (!primary.found) throw new Error('all is well, but no primary is there')
  const loss = lossOf(readRecording(readLines(directory)), await numbersIn(lab, primary.node, guest))
  await dropTable(lab, primary.node, guest)
  forgetState(directory)
  context.print(
    [
      `${context.paint('green', '✔')} ${context.paint('bold', SAY.repaired[language](drill.id))}`,
      '',
      `  ${SAY.loss[language](loss.acknowledged, loss.lost.length)}`,
    ].join('\n'),
  )
  return EXIT.ok
}

const SAY = {
  notYet: {
    en: 'Not repaired yet. A hint: npx create-pg-lab drill hint',
    ru: 'Ещё не исправлено. Подсказка: npx create-pg-lab drill hint',
  },
  repaired: {
    en: (drill: string) => `Repaired: all is as the config asks, and the drill ${drill} has ended`,
    ru: (drill: string) => `Исправлено: всё так, как в конфигурации; учение ${drill} окончено`,
  },
  loss: {
    en: (all: number, lost: number) => `Of ${all} acknowledged commits ${lost} are lost`,
    ru: (all: number, lost: number) => `Подтверждённых транзакций: ${all}, из них потеряно: ${lost}`,
  },
} as const

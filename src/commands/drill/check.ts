import { forgetOpenDrill, type OpenDrill, readLines, readTyped } from '../../drills/rehearsal/open-drill.ts'
import { joined, lossOf, readRecording } from '../../drills/rehearsal/recording.ts'
import { commonFigures } from '../../drills/rehearsal/results.ts'
import { dropTable, endLastingWriter, numbersIn, removeLeftovers } from '../../drills/rehearsal/writer.ts'
import { EXIT, UserError } from '../../errors.ts'
import { type Lab, type LabNode, nodesOf } from '../../lab.ts'
import { askServers, primaryOf } from '../../observe/servers.ts'
import { span } from '../../units.ts'
import type { Language } from '../../words/languages.ts'
import { enveloped } from '../shared/envelope.ts'
import { type Session, verifyIsUp } from '../shared/session.ts'
import { showFindings } from '../verify.ts'
import { type DrillOutcome, writePage } from './page.ts'
import { stageOf, type Unfinished, unfinished } from './stage.ts'
import { lookNow } from './verify.ts'

/** `create-pg-lab drill check`: is it repaired? When it is, the drill has ended and gets its page. */
export async function check(session: Session, language: Language, isJson: boolean): Promise<number> {
  verifyIsUp(session)
  const open = unfinished(session)
  if (!open) {
    throw new UserError('No drill is waiting to be repaired', {
      hint: 'see how the lab is: npx create-pg-lab verify',
    })
  }
  const { context, directory, lab, guest } = session
  const { drill, state } = open
  const stage = stageOf(session, state.cast)
  const findings = await lookNow(session, stage, drill)
  if (findings.some(({ ok }) => !ok)) {
    if (isJson) {
      context.print(enveloped('drill-check', lab.name, { drill: drill.id, ok: false, findings }))
      return EXIT.failedFindings
    }
    context.print(showFindings(findings, context.paint))
    context.print(`\n${SAY.notYet[language]}`)
    return EXIT.failedFindings
  }
  await drill.tidy?.(stage)
  const primary = primaryOf(await askServers(lab, guest))
  if (primary.is !== 'found') throw new Error('all checks pass, but there is no primary')
  const page = await writePage(
    session,
    drill,
    state.cast,
    language,
    await outcomeOf(session, open, primary.node),
  )
  await dropTable(lab, primary.node, guest)
  for (const host of writerOf(lab, state)) await removeLeftovers(guest, host)
  forgetOpenDrill(directory)
  if (isJson) {
    context.print(enveloped('drill-check', lab.name, { drill: drill.id, ok: true, findings, page }))
    return EXIT.ok
  }
  context.print(
    `${context.paint('green', '✔')} ${context.paint('bold', SAY.repaired[language](drill.id))}\n\n  ${page}`,
  )
  return EXIT.ok
}

/** Where the writer runs; nowhere in a lab that has no machine for it. */
function writerOf(lab: Lab, { cast }: OpenDrill): readonly LabNode[] {
  return nodesOf(lab).filter(({ name }) => name === cast.writer)
}

/** A writer went on through the repair; how the servers fared meanwhile, nobody looked. */
async function outcomeOf(
  { directory, lab, guest }: Session,
  { state }: Unfinished,
  primary: LabNode,
): Promise<DrillOutcome> {
  const { startedMs, disasterMs = startedMs, steps } = state
  const [host] = writerOf(lab, state)
  const lasting = host ? await endLastingWriter(guest, host) : []
  const endedMs = Date.now()
  const recording = joined(readRecording(readLines(directory)), readRecording(lasting))
  const loss = lossOf(recording, await numbersIn(lab, primary, guest))
  const results = { lab, startedMs, disasterMs, endedMs, recording, samples: [], loss }
  const byHand = {
    name: { en: 'Repaired by hand, after the disaster', ru: 'Исправлено вручную, считая от аварии' },
    value: span((Date.now() - disasterMs) / 1000),
  }
  const typed = readTyped(directory).map(({ fromMs, toMs, exitCode, words }) => {
    const command = `\`npx create-pg-lab ${words}\``
    return {
      part: 'repair' as const,
      title: { en: command, ru: command },
      fromMs: fromMs - startedMs,
      toMs: toMs - startedMs,
      result: exitCode === 0 ? undefined : { en: `exit code ${exitCode}`, ru: `код завершения ${exitCode}` },
    }
  })
  return { results, steps: [...steps, ...typed], figures: [...commonFigures(results), byHand] }
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
} as const

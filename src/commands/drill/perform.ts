import type { Drill } from '../../drills/drill.ts'
import type { Cast } from '../../drills/rehearsal/cast.ts'
import { askChoices } from '../../drills/rehearsal/cluster-choices.ts'
import { drillRun } from '../../drills/rehearsal/drill-run.ts'
import { forgetOpenDrill, readOpenDrill } from '../../drills/rehearsal/open-drill.ts'
import { commonFigures, streamFigures } from '../../drills/rehearsal/results.ts'
import { dropTable, writerHost } from '../../drills/rehearsal/writer.ts'
import { CommandError, EXIT, Interrupted, UserError } from '../../errors.ts'
import { askServers, primaryOf, requirePrimary } from '../../observe/servers.ts'
import { hasRestored } from '../../operations/restore.ts'
import type { Paint } from '../../paint.ts'
import type { Text } from '../../report/drill-report.ts'
import { runTasks, type Task, valueTask } from '../../tasks/index.ts'
import type { Language } from '../../words/languages.ts'
import { type Session, verifyIsUp } from '../shared/session.ts'
import { FailedFindings, verifyCluster } from '../steps/verify.ts'
import { showFindings } from '../verify.ts'
import { writePage } from './page.ts'
import { stageOf, unfinished } from './stage.ts'
import { verifyUntilGreen } from './verify.ts'

interface Wish {
  readonly how: string | undefined
  readonly keep: boolean
  readonly language: Language
}

/** One drill, from the green lab to the green lab; with `keep`, to the broken one. */
export async function perform(session: Session, drill: Drill, wish: Wish): Promise<number> {
  verifyIsUp(session)
  verifyNoneIsOpen(session)
  const { context, directory, lab, guest } = session
  const refusal = drill.refusal(lab, wish.how)
  if (refusal) throw cannotRehearse(drill, refusal)
  const cast = await castOf(session, drill, wish.how)
  await verifyNoneIsRestored(session, drill, wish.how)
  const stage = stageOf(session, cast)
  const rehearsal = drillRun(drill, stage, wish.language)
  context.print(introduction(drill, cast, wish, context.paint))

  const page = valueTask(SAY.page[wish.language], async () => {
    const results = rehearsal.results()
    const steps = rehearsal.steps()
    const own = drill.figures(results, cast, steps)
    const outcome = {
      results,
      steps,
      figures: [...commonFigures(results), ...streamFigures(results), ...own],
    }
    const value = await writePage(session, drill, cast, wish.language, outcome)
    forgetOpenDrill(directory)
    return { value, said: value }
  })
  const after: readonly Task[] = wish.keep
    ? [rehearsal.leave]
    : [
        rehearsal.repair,
        rehearsal.measure,
        {
          title: SAY.verify[wish.language],
          run: async ({ note }) => {
            rehearsal.mark(SAY.verify.en)
            const primary = primaryOf(await askServers(lab, guest))
            if (primary.is === 'found') await dropTable(lab, primary.node, guest)
            return verifyUntilGreen(session, stage, drill, note)
          },
        },
        page,
      ]
  try {
    await runTasks(
      [verifyCluster(session), rehearsal.begin, rehearsal.disaster, ...after],
      session.taskOptions,
    )
  } catch (error) {
    const state = readOpenDrill(directory)
    if (error instanceof Interrupted) {
      const left = state ? `Left     the drill ${drill.id}, at: ${state.step}` : 'Nothing was touched.'
      throw new Interrupted(error.signal, [left], state && REPAIR)
    }
    if (error instanceof FailedFindings) {
      context.print(`\n${showFindings(error.findings, context.paint)}`)
      context.print(`\n${state ? SAY.notGreenAfter[wish.language] : SAY.notGreenBefore[wish.language]}`)
      return EXIT.failedFindings
    }
    if (state && error instanceof CommandError) {
      throw new CommandError(error.message, { ...error, goOn: REPAIR, cause: error.cause })
    }
    throw error
  } finally {
    await rehearsal.end()
  }
  context.print(
    wish.keep
      ? kept(drill, cast, wish.language, context.paint)
      : closing(await page.value, wish.language, context.paint),
  )
  return EXIT.ok
}

function cannotRehearse({ id }: Drill, why: Text): UserError {
  return new UserError(`This lab cannot rehearse ${id}: ${why.en}`, {
    hint: 'see the other drills: npx create-pg-lab drill',
  })
}

/** @throws UserError when one waits to be repaired */
function verifyNoneIsOpen(session: Session): void {
  const open = unfinished(session)
  if (!open) return
  throw new UserError(`The drill ${open.drill.id} has not ended, and the lab is not as it was`, {
    hint: 'repair it first: npx create-pg-lab drill repair',
  })
}

/** @throws UserError when somebody has restored a server, which the drill would replace and remove */
async function verifyNoneIsRestored({ lab, guest }: Session, drill: Drill, how: string | undefined) {
  if (!lab.backup || !drill.restoresBeside?.(how)) return
  if (!(await hasRestored({ guest, backup: lab.backup }))) return
  throw new UserError(
    `A server is restored on ${lab.backup.name}, and the drill ${drill.id} needs its place`,
    {
      hint: 'when you no longer need it: npx create-pg-lab restore --remove',
    },
  )
}

async function castOf({ lab, guest }: Session, drill: Drill, how: string | undefined): Promise<Cast> {
  const primary = requirePrimary(await askServers(lab, guest), 'to begin a drill with')
  // Somebody else may have made the cluster of servers that were there.
  const refusal = drill.clusterRefusal?.(await askChoices(primary, guest))
  if (refusal) throw cannotRehearse(drill, refusal)
  const victim = drill.victim(lab, primary, how)
  const writer = writerHost(lab, primary, victim)
  if (!writer) {
    throw cannotRehearse(drill, SAY.noWriter)
  }
  return { primary: primary.name, victim: victim.name, writer: writer.name, how }
}

function introduction(drill: Drill, cast: Cast, { language, keep }: Wish, paint: Paint): string {
  const say = (text: Text) => text[language]
  return [
    paint('bold', say(drill.title)),
    '',
    ...drill.intro(cast).map((text) => `  ${say(text)}`),
    '',
    ...drill.watch(cast).map((text) => `  ${paint('cyan', '→')} ${say(text)}`),
    `  ${paint('cyan', '→')} ${SAY.writer[language](cast.writer)}`,
    ...(keep ? [`  ${paint('cyan', '→')} ${SAY.willKeep[language]}`] : []),
    '',
  ].join('\n')
}

function kept(drill: Drill, cast: Cast, language: Language, paint: Paint): string {
  return [
    '',
    `${paint('yellow', '!')} ${paint('bold', drill.promise(cast)[language])}`,
    '',
    ...SAY.kept[language].map((line) => `  ${line}`),
  ].join('\n')
}

function closing(page: string, language: Language, paint: Paint): string {
  return `\n${paint('green', '✔')} ${paint('bold', SAY.done[language])}\n\n  ${page}`
}

/** Leads back from a drill that was cut off, wherever it was. */
const REPAIR = 'npx create-pg-lab drill repair'

const SAY = {
  verify: { en: 'Verify again', ru: 'Проверить снова' },
  page: { en: 'Write the page', ru: 'Записать страницу' },
  noWriter: { en: 'no machine is left to write from', ru: 'не осталось машины, с которой писать' },
  writer: {
    en: (host: string) =>
      `A writer on ${host} commits all the time, and each acknowledged commit is counted here.`,
    ru: (host: string) =>
      `На ${host} всё время идёт запись, и каждая подтверждённая транзакция учитывается здесь.`,
  },
  willKeep: {
    en: 'It stops after the disaster: the repair is yours.',
    ru: 'После аварии учение остановится: восстанавливать — вам.',
  },
  notGreenBefore: {
    en: 'A drill starts from a healthy lab. Nothing was touched.',
    ru: 'Учения начинаются с исправного стенда. Ничего не тронуто.',
  },
  notGreenAfter: {
    en: 'The lab is not healthy yet. One command repairs it: npx create-pg-lab drill repair',
    ru: 'Стенд ещё не в порядке. Одна команда вернёт его: npx create-pg-lab drill repair',
  },
  done: { en: 'The lab is as it was', ru: 'Стенд такой же, как был' },
  kept: {
    en: [
      'npx create-pg-lab drill check   is it repaired?',
      'npx create-pg-lab drill hint    the next hint',
      'npx create-pg-lab drill repair  give up: it repairs the lab for you',
    ],
    ru: [
      'npx create-pg-lab drill check   исправлено ли?',
      'npx create-pg-lab drill hint    следующая подсказка',
      'npx create-pg-lab drill repair  сдаться: стенд вернётся в исходное состояние сам',
    ],
  },
} as const

import { runChecks } from '../../checks/index.ts'
import { CommandError, EXIT } from '../../errors.ts'
import type { Finding } from '../../finding.ts'
import { LAB_FILES } from '../../lab-files.ts'
import { type LoadReport, type Report, verdictOf } from '../../report/report.ts'
import { hasReport, writeReport } from '../../report/store.ts'
import { runTasks, type Task, valueTask } from '../../tasks/index.ts'
import { WORDS } from '../../words/index.ts'
import { type Language, languageOf } from '../../words/languages.ts'
import { readDrills } from '../drill/page.ts'
import type { Context } from '../shared/context.ts'
import { openSession, type Session, verifyIsUp } from '../shared/session.ts'
import { FailedFindings } from '../steps/verify.ts'
import { groupByCheck, showFindings } from '../verify.ts'
import { gatherEvidence, gatherLag } from './gather.ts'

interface ReportOptions {
  readonly lang?: Language
  readonly strict?: true
}

/** `create-pg-lab report`: the evidence, out of the running servers, as README.md and as a page. */
export async function report(context: Context, { lang, strict }: ReportOptions): Promise<number> {
  const session = await openSession(context)
  verifyIsUp(session)
  const words = WORDS[lang ?? languageOf(context.env)]
  try {
    const made = await makeReport(session, strict === true)
    writeReport(session.directory, made, words)
    context.print(closing(made, context))
    return verdictOf(made).ok ? EXIT.ok : EXIT.failedFindings
  } catch (error) {
    if (!(error instanceof FailedFindings)) throw error
    context.print(`\n${showFindings(error.findings, context.paint)}`)
    const older = hasReport(session.directory) ? ` The one in ${LAB_FILES.report.path}/ is older.` : ''
    context.print(`\nNo report is written: --strict wants every finding as the config asks.${older}`)
    return EXIT.failedFindings
  }
}

/** @throws FailedFindings when it is strict and one of them failed */
async function makeReport(session: Session, isStrict: boolean): Promise<Report> {
  const at = new Date().toISOString()
  const verify = valueTask('Verify', async ({ note }) => {
    const findings = await runChecks(session.lab, session.guest, { onCheck: ({ title }) => note(title) })
    const failed = findings.filter(({ ok }) => !ok).length
    if (isStrict && failed > 0) throw new FailedFindings(findings)
    const said =
      failed === 0 ? `${findings.length} findings, all as asked` : `${failed} of ${findings.length} failed`
    return { value: findings, said }
  })
  const evidence = valueTask('Run the commands', async (progress) => {
    const gathered = await gatherEvidence(session, at, progress)
    const findings = await askBackupsAgain(session, await verify.value) // one base backup more is there now
    const said = `${gathered.sections.flatMap(({ steps }) => steps).length} commands`
    return { value: { ...gathered, checks: groupByCheck(findings) }, said }
  })
  let load: LoadReport | undefined
  const lag: Task = {
    title: 'Put a short load on the primary',
    skip: async () =>
      (await evidence.value).survey.primary === undefined ? 'there is no one primary' : undefined,
    run: async (progress) => {
      try {
        load = await gatherLag(session, (await evidence.value).survey, progress)
        return `${load?.transactions ?? 0} transactions`
      } catch (error) {
        if (!(error instanceof CommandError)) throw error
        return `${error.message}: the report shows none` // what is wrong with the lab is in it all the same
      }
    },
  }
  await runTasks([verify, evidence, lag], session.taskOptions)
  return { ...(await evidence.value), load, drills: readDrills(session.directory) }
}

/** What the commands have changed, as it is now. */
async function askBackupsAgain(
  { lab, guest }: Session,
  findings: readonly Finding[],
): Promise<readonly Finding[]> {
  const now = await runChecks(lab, guest, { only: ['backups'] })
  return [...findings.filter(({ check }) => check !== 'backups'), ...now]
}

function closing(made: Report, { paint }: Context): string {
  const { ok, failed, findings, brokenSteps } = verdictOf(made)
  const wrong = [
    ...(failed > 0 ? [`${failed} of ${findings} findings failed`] : []),
    ...(brokenSteps > 0 ? [`${brokenSteps} commands did not show what they should`] : []),
  ].join(', ')
  return [
    '',
    ok
      ? `${paint('green', '✔')} ${paint('bold', `The report is written, with all ${findings} findings as asked`)}`
      : `${paint('red', '✖')} ${paint('bold', `The report is written, and says that ${wrong}`)}`,
    '',
    `  ${LAB_FILES.reportText.path}   to hand in`,
    `  ${LAB_FILES.reportPage.path}  to look at, in a browser`,
    ...(failed > 0 ? ['', `  ${paint('cyan', '→')} npx create-pg-lab verify`] : []),
  ].join('\n')
}

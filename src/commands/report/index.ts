import { CHECKS, runChecks } from '../../checks/index.ts'
import { rehearsal } from '../../checks/rehearsal.ts'
import { restoreCheck } from '../../checks/restore.ts'
import { CommandError, EXIT, UserError } from '../../errors.ts'
import type { Finding } from '../../finding.ts'
import { LAB_FILES } from '../../lab-files.ts'
import { type HandIn, type LoadReport, type Report, verdictOf } from '../../report/report.ts'
import { hasReport, readDrills, writeReport } from '../../report/store.ts'
import { countChecks } from '../../show-findings.ts'
import { runTasks, type Task, valueTask } from '../../tasks/index.ts'
import { WORDS } from '../../words/index.ts'
import { type Language, languageOf } from '../../words/languages.ts'
import type { Context } from '../shared/context.ts'
import { backupHost } from '../shared/one-primary.ts'
import { openSession, type Session, verifyIsUp } from '../shared/session.ts'
import { FailedFindings } from '../steps/verify.ts'
import { groupByCheck, showFindings } from '../verify.ts'
import { gatherEvidence, gatherLag, LOAD } from './gather.ts'
import { provenanceOf } from './provenance.ts'

/** An alias: the table of commands holds it against commander's open record, which an interface never fits. */
type ReportOptions = HandIn & {
  readonly lang?: Language
  readonly strict?: true
  readonly readOnly?: true
  readonly restore?: true
}

/** `create-pg-lab report`: the evidence, out of the running servers, as README.md, as a page and as data. */
export async function report(context: Context, options: ReportOptions): Promise<number> {
  if (options.readOnly && options.restore) {
    throw new UserError('--read-only and --restore exclude each other', { hint: 'give one of them' })
  }
  const session = await openSession(context)
  verifyIsUp(session)
  if (options.restore) backupHost(session.lab, 'to restore on')
  const words = WORDS[options.lang ?? languageOf(context.env)]
  context.print(`${announcement(session, options)}\n`)
  try {
    const made = await makeReport(session, options)
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

/** What it is about to do to the cluster, a line each. */
function announcement({ lab }: Session, { readOnly, restore }: ReportOptions): string {
  if (readOnly) return 'The servers are only asked: no row, no backup, no load.'
  const { name, table } = lab.database
  return [
    'This is done to the cluster; --read-only leaves all of it out:',
    `  a row in ${name}.${table}, deleted again, and a message in the WAL`,
    ...(lab.backup ? ['  a base backup, which stays'] : []),
    `  ${LOAD.rate} transactions a second for ${LOAD.seconds} s in a schema of its own, dropped again`,
    ...(restore ? ['  the newest backup restored beside Barman, removed again'] : []),
  ].join('\n')
}

/** @throws FailedFindings when it is strict and one of them failed */
async function makeReport(session: Session, options: ReportOptions): Promise<Report> {
  const { lab, config, directory } = session
  const at = new Date().toISOString()
  const isReadOnly = options.readOnly === true
  const { author, group, task } = options
  const handIn = { ...config.config.report, ...given({ author, group, task }) }
  const provenance = await provenanceOf(session)
  const verify = valueTask('Verify', async ({ note }) => {
    const findings = await runChecks(lab, session.guest, {
      ...chosenChecks(options),
      onCheck: ({ title }) => note(title),
    })
    const failed = findings.filter(({ ok }) => !ok).length
    if (options.strict && failed > 0) throw new FailedFindings(findings)
    const said =
      failed === 0 ? `${countChecks(findings.length)} passed` : `${failed} of ${findings.length} failed`
    return { value: findings, said }
  })
  const evidence = valueTask('Run the commands', async (progress) => {
    const gathered = await gatherEvidence(session, { at, isReadOnly }, progress)
    const seen = await verify.value
    const findings = isReadOnly ? seen : await askBackupsAgain(session, seen) // one base backup more is there now
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
  await runTasks([verify, evidence, ...(isReadOnly ? [] : [lag])], session.taskOptions)
  return {
    lab: lab.name,
    at,
    isReadOnly,
    handIn,
    provenance,
    ...(await evidence.value),
    load,
    drills: readDrills(directory),
  }
}

/** Without what was not said on the command line. */
function given(handIn: HandIn): HandIn {
  return Object.fromEntries(Object.entries(handIn).filter(([, value]) => value !== undefined))
}

function chosenChecks({ readOnly, restore }: ReportOptions) {
  // What the last rehearsal was is no news beside this one.
  const chosen = CHECKS.filter(({ id, writes }) => !(readOnly && writes) && !(restore && id === rehearsal.id))
  return { only: chosen.map(({ id }) => id), ...(restore ? { also: [restoreCheck] } : {}) }
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
    ...(failed > 0 ? [`${failed} of ${countChecks(findings)} failed`] : []),
    ...(brokenSteps > 0 ? [`${brokenSteps} commands did not show what they should`] : []),
  ].join(', ')
  return [
    '',
    ok
      ? `${paint('green', '✔')} ${paint('bold', `The report is written: ${countChecks(findings)} passed`)}`
      : `${paint('red', '✖')} ${paint('bold', `The report is written, and says that ${wrong}`)}`,
    '',
    `  ${LAB_FILES.reportText.path}    to hand in`,
    `  ${LAB_FILES.reportPage.path}   to look at, in a browser, and to print`,
    `  ${LAB_FILES.reportData.path}  for programs`,
    ...(failed > 0 ? ['', `  ${paint('cyan', '→')} npx create-pg-lab verify`] : []),
  ].join('\n')
}

import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { createHost } from '../doctor/index.ts'
import { cannotWrite, EXIT, isDiskTrouble, type Problem, UserError } from '../errors.ts'
import { faultsOf, type Grades, gradesCsv, gradesData, gradesPage } from '../grade/grades.ts'
import { gradeLive, type LivePlace } from '../grade/live/live.ts'
import { defaultRubric, GRADE_WORDS, type Rubric, readRubric } from '../grade/rubric.ts'
import { gradeSubmission, type Sheet, type SheetMark } from '../grade/sheet.ts'
import { type Fingerprint, likenesses } from '../grade/similar.ts'
import type { Submission } from '../grade/submission.ts'
import type { Paint } from '../paint.ts'
import { oneLine } from '../tools/process/clean-output.ts'
import { languageOf } from '../words/languages.ts'
import type { Context } from './shared/context.ts'
import { enveloped } from './shared/envelope.ts'
import { type Columns, fittedTable, widthOf } from './shared/table.ts'

interface GradeOptions {
  readonly static?: true
  readonly rubric?: string
  readonly out?: string
  readonly json?: true
}

/**
 * `create-pg-lab grade`: hand-ins of any origin, by their files, and by their machines, one hand-in after the other. With
 * `--static` nothing of them is run.
 */
export async function grade(
  context: Context,
  { static: isStatic, rubric: file, out, json }: GradeOptions,
  folders: readonly string[],
): Promise<number> {
  const handIns = findHandIns(context, folders)
  const rubric = chooseRubric(context, file)
  const live = isStatic ? undefined : livePlace(context, rubric, out)
  const sheets: Sheet[] = []
  const fingerprints: Fingerprint[] = []
  for (const handIn of handIns) {
    const note = (text: string) => context.stderr.write(`${oneLine(handIn.name)}: ${text}\n`)
    const ask = live && ((submission: Submission) => gradeLive(submission, { ...live, note }))
    const { sheet, fingerprint } = await gradeSubmission(handIn, rubric, context.run, ask)
    sheets.push(sheet)
    fingerprints.push(fingerprint)
  }
  const grades = {
    rubric,
    isLive: live !== undefined,
    sheets,
    likenesses: likenesses(fingerprints, GRADE_WORDS[rubric.language]),
  }
  if (out !== undefined) writeGrades(resolve(context.directory, out), grades)
  if (json) context.print(enveloped('grade', null, gradesData(grades)))
  else show(context, grades, out)
  return sheets.every((sheet) => faultsOf(sheet).length === 0) ? EXIT.ok : EXIT.failedFindings
}

/** Where answers are kept, of which no hand-in is asked twice. */
const ANSWERS = 'live'

/** @throws UserError where nothing says where the answers are to be kept */
function livePlace(context: Context, { language }: Rubric, out: string | undefined): Omit<LivePlace, 'note'> {
  if (out === undefined) {
    throw new UserError('Machines of hand-ins take minutes each: their answers have to be kept somewhere', {
      hint: 'name a folder, from which the next run goes on: --out grades; or read their files alone: --static',
    })
  }
  const host = createHost(context.run)
  return {
    run: context.run,
    folder: join(resolve(context.directory, out), ANSWERS),
    words: GRADE_WORDS[language],
    networks: async () => (await host.networks()).map(({ subnet }) => subnet),
  }
}

/** @throws UserError with every one that is no folder */
function findHandIns(
  { directory }: Context,
  folders: readonly string[],
): readonly Pick<Sheet, 'name' | 'folder'>[] {
  const places = [...new Set(folders.map((folder) => resolve(directory, folder)))]
  const problems = places.flatMap((folder): readonly Problem[] => {
    const stats = statSync(folder, { throwIfNoEntry: false })
    if (stats?.isDirectory()) return []
    const message = stats ? 'is not a folder' : 'does not exist'
    return [{ path: folder, message, hint: 'give the folder of each hand-in: hand-ins/*/' }]
  })
  if (problems.length > 0) throw new UserError('These are no hand-ins', { problems })
  return places.map((folder) => {
    const isAlone = places.filter((other) => basename(other) === basename(folder)).length === 1
    return { folder, name: isAlone ? basename(folder) : folder.split(/[\\/]/).slice(-2).join('/') }
  })
}

/** @throws UserError when it cannot be read, or with all that is wrong with it */
function chooseRubric({ directory, env }: Context, file: string | undefined): Rubric {
  if (file === undefined) return defaultRubric(languageOf(env))
  try {
    return readRubric(readFileSync(resolve(directory, file), 'utf8'), file, languageOf(env))
  } catch (error) {
    if (error instanceof UserError) throw error
    throw new UserError(`${file} cannot be read`, { hint: (error as Error).message, cause: error })
  }
}

function writeGrades(folder: string, grades: Grades): void {
  try {
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'index.html'), gradesPage(grades))
    writeFileSync(join(folder, 'grades.csv'), gradesCsv(grades))
    writeFileSync(join(folder, 'grades.json'), `${enveloped('grade', null, gradesData(grades))}\n`)
  } catch (error) {
    throw isDiskTrouble(error) ? cannotWrite(folder, error) : error
  }
}

function show(context: Context, grades: Grades, out: string | undefined): void {
  const { paint, print, stdout } = context
  const { rubric, sheets } = grades
  const words = GRADE_WORDS[rubric.language]
  print(`${paint('bold', oneLine(rubric.title))}\n`)
  const columns: Columns = [
    [words.columns.student, 0],
    [words.columns.points, 0],
    [words.columns.faults, 0],
  ]
  const rows = sheets.map((sheet) => {
    const faults = faultsOf(sheet).map(({ id }) => id)
    const isWell = faults.length === 0
    return [
      sheet.name,
      words.points(sheet.points, sheet.of),
      isWell
        ? { text: words.noFaults, style: 'green' as const }
        : { text: faults.join(', '), style: 'red' as const },
    ]
  })
  print(fittedTable(columns, rows, { paint, width: widthOf(stdout) }).join('\n'))
  for (const sheet of sheets) print(sheetLines(sheet, context, grades).join('\n'))
  if (grades.likenesses.length > 0) {
    print(`\n${paint('bold', words.similar)}`)
    for (const { names, reasons } of grades.likenesses)
      print(`  ${oneLine(names.join(' · '))}: ${reasons.join('; ')}`)
  }
  print(`\n${grades.isLive ? words.liveIntro : words.intro}`)
  if (out !== undefined) print(words.summary(sheets.length, join(out, 'index.html')))
}

/** What is missing; of a hand-in that is alone, all there is to say. */
function sheetLines(sheet: Sheet, { paint }: Context, { rubric, sheets }: Grades): readonly string[] {
  const words = GRADE_WORDS[rubric.language]
  const told = sheets.length === 1 ? sheet.marks : faultsOf(sheet)
  const unread = sheet.notRead.map(
    ({ path, why }) => `  ${words.notRead}: ${oneLine(path)} (${words.why[why]})`,
  )
  if (told.length === 0 && unread.length === 0) return []
  return [
    '',
    paint('bold', oneLine(sheet.name)),
    ...told.flatMap((mark) => markLines(mark, paint)),
    ...unread,
  ]
}

const SIGNS = { met: ['green', '✔'], failed: ['red', '✖'], unasked: ['dim', '–'] } as const

function markLines(
  { asked, expected, outcome, seen, command, got, points }: SheetMark,
  paint: Paint,
): readonly string[] {
  const [style, sign] = SIGNS[outcome]
  const earned = outcome === 'unasked' || points === 0 ? '' : paint('dim', ` ${got}/${points}`)
  const head = `  ${paint(style, sign)} ${asked}${earned}`
  const lines = seen.map((text) => `      ${oneLine(text)}`)
  if (outcome !== 'failed') return [head, ...lines]
  return [
    head,
    `      ${paint('dim', expected)}`,
    ...lines.map((line) => paint('red', line)),
    `      ${paint('cyan', command)}`,
  ]
}

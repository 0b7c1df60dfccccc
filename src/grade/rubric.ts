import { chooseFrom } from '../config/closest.ts'
import { type Problem, UserError } from '../errors.ts'
import { LANGUAGES, type Language } from '../words/languages.ts'
import { readYaml } from '../yaml.ts'
import { CRITERIA_IDS, type CriterionId, type GradeWords } from './grade-words.ts'
import { GRADE_EN } from './grade-words-en.ts'
import { GRADE_RU } from './grade-words-ru.ts'

/** What is asked of every hand-in, and what each of it is worth. */
export interface Rubric {
  readonly title: string
  readonly language: Language
  readonly asked: readonly AskedCriterion[]
}

export interface AskedCriterion {
  readonly id: CriterionId
  /** 0: it is shown, and not counted. */
  readonly points: number
  readonly asked: string
  readonly expected: string
}

const POINTS: Readonly<Record<CriterionId, number>> = {
  files: 10,
  vagrantfile: 5,
  playbook: 5,
  slot: 25,
  recoveryConf: 10,
  trust: 15,
  superuser: 10,
  secrets: 10,
  report: 10,
  edits: 0,
  lint: 0,
  up: 20,
  streams: 25,
  row: 15,
  readOnly: 10,
  barman: 15,
  backup: 10,
  again: 5,
}

/** Asked only where a rubric names it: no two courses want the same style, and it takes its time. */
const BY_NAME: readonly CriterionId[] = ['lint']

export const GRADE_WORDS: Readonly<Record<Language, GradeWords>> = { en: GRADE_EN, ru: GRADE_RU }

const MEMBERS = ['title', 'language', 'criteria']
const OF_A_CRITERION = ['points', 'asked', 'expected']
const MOST_POINTS = 1000

/** Everything is asked: the files for a hundred points, the machines for as many. */
export function defaultRubric(language: Language): Rubric {
  const words = GRADE_WORDS[language]
  const asked = CRITERIA_IDS.filter((id) => !BY_NAME.includes(id)).map((id) => standardCriterion(id, words))
  return { title: words.title, language, asked }
}

/**
 * Reads a rubric that a teacher wrote: a title, a language, and what is asked, in the order of the sheet.
 * @param language where it names none
 * @throws UserError with all that is wrong with it
 */
export function readRubric(text: string, file: string, language: Language): Rubric {
  const read = readYaml(text)
  if ('error' in read) {
    const line = text.slice(0, read.offset).split('\n').length
    throw new UserError(`${file} is not YAML`, {
      problems: [{ path: `${file}:${line}`, message: read.error.message }],
    })
  }
  const problems: Problem[] = []
  const given = membersOf(read.value ?? {}, '', MEMBERS, problems)
  const spoken = wordAt(given, 'language', LANGUAGES, problems) ?? language
  const standard = defaultRubric(spoken)
  const title = textMember(given, 'title', 'title', problems) ?? standard.title
  const asked =
    given.criteria === undefined
      ? standard.asked
      : Object.entries(membersOf(given.criteria, 'criteria', CRITERIA_IDS, problems)).flatMap(
          ([id, value]) => {
            const known = CRITERIA_IDS.find((one) => one === id)
            return known
              ? [readCriterion(standardCriterion(known, GRADE_WORDS[spoken]), value, problems)]
              : []
          },
        )
  if (problems.length > 0) throw new UserError(`${file} is no rubric`, { problems })
  return { title, language: spoken, asked }
}

function standardCriterion(id: CriterionId, { criteria }: GradeWords): AskedCriterion {
  return { id, points: POINTS[id], ...criteria[id] }
}

type Members = Readonly<Record<string, unknown>>

/** `slot: 20`, or with words of its own: `slot: { points: 20, asked: …, expected: … }`. */
function readCriterion(usual: AskedCriterion, value: unknown, problems: Problem[]): AskedCriterion {
  const path = `criteria.${usual.id}`
  if (value === null || value === undefined) return usual
  if (typeof value !== 'object') return { ...usual, points: pointsOf(value, path, problems) }
  const given = membersOf(value, path, OF_A_CRITERION, problems)
  return {
    ...usual,
    points: given.points === undefined ? usual.points : pointsOf(given.points, `${path}.points`, problems),
    asked: textMember(given, 'asked', `${path}.asked`, problems) ?? usual.asked,
    expected: textMember(given, 'expected', `${path}.expected`, problems) ?? usual.expected,
  }
}

function membersOf(value: unknown, path: string, known: readonly string[], problems: Problem[]): Members {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    problems.push({
      path: path || 'rubric',
      message: `must be a mapping, not ${shown(value)}`,
      hint: `its members are ${known.join(', ')}`,
    })
    return {}
  }
  for (const key of Object.keys(value)) {
    if (known.includes(key)) continue
    const at = path === '' ? key : `${path}.${key}`
    problems.push({ path: at, message: 'is unknown', hint: chooseFrom(key, known) })
  }
  return value as Members
}

function wordAt<Word extends string>(
  given: Members,
  key: string,
  words: readonly Word[],
  problems: Problem[],
): Word | undefined {
  const value = given[key]
  const word = words.find((one) => one === value)
  if (value !== undefined && word === undefined) {
    problems.push({ path: key, message: `is ${shown(value)}`, hint: chooseFrom(String(value), words) })
  }
  return word
}

function textMember(given: Members, key: string, path: string, problems: Problem[]): string | undefined {
  const value = given[key]
  if (value === undefined || typeof value === 'string') return value
  problems.push({ path, message: `must be a text, not ${shown(value)}`, hint: 'put it in quotes' })
  return undefined
}

function pointsOf(value: unknown, path: string, problems: Problem[]): number {
  if (typeof value === 'number' && value >= 0 && value <= MOST_POINTS) return value
  problems.push({
    path,
    message: `must be a number of points, not ${shown(value)}`,
    hint: `0 to ${MOST_POINTS}; with 0 it is shown, and not counted`,
  })
  return 0
}

function shown(value: unknown): string {
  return JSON.stringify(value) ?? String(value)
}

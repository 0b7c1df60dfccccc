import { describe, expect, test } from 'vitest'
import { UserError } from '../../src/errors.ts'
import { LIVE_IDS, STATIC_IDS } from '../../src/grade/grade-words.ts'
import { defaultRubric, GRADE_WORDS, readRubric } from '../../src/grade/rubric.ts'
import { program } from '../commands/program.ts'
import { folderWith } from '../tools/helpers.ts'

const read = (text: string) => readRubric(text, 'rubric.yml', 'en')

function problemsOf(text: string): readonly string[] {
  try {
    read(text)
  } catch (error) {
    if (error instanceof UserError)
      return error.problems.map(({ path, message, hint }) => `${path} ${message}${hint ? `: ${hint}` : ''}`)
  }
  return []
}

describe('a rubric', () => {
  test('that says nothing asks for everything, files and machines for a hundred points each', () => {
    const rubric = read('')
    expect(rubric).toEqual(defaultRubric('en'))
    const sumOf = (ids: readonly string[]) =>
      rubric.asked.filter(({ id }) => ids.includes(id)).reduce((sum, { points }) => sum + points, 0)
    expect([sumOf(STATIC_IDS), sumOf(LIVE_IDS)]).toEqual([100, 100])
  })

  test('asks for what it names, in its order', () => {
    const { asked } = read('criteria:\n  trust: 30\n  slot:\n  files: { points: 2.5, asked: Files }\n')
    expect(asked.map(({ id, points, asked: text }) => [id, points, text])).toEqual([
      ['trust', 30, 'Nobody gets in over the network by trust'],
      ['slot', 25, 'The slot is named and used'],
      ['files', 2.5, 'Files'],
    ])
  })

  test('is told all that is wrong with it', () => {
    expect(
      problemsOf(
        'titel: x\nlanguage: de\ncriteria:\n  slots: 5\n  trust: many\n  files: { points: -1, asked: [], hint: x }\n',
      ),
    ).toMatchInlineSnapshot(`
      [
        "titel is unknown: did you mean title? Choose from title, language, criteria",
        "language is "de": choose from en, ru",
        "criteria.slots is unknown: did you mean slot? Choose from files, vagrantfile, playbook, slot, recoveryConf, trust, superuser, secrets, report, edits, lint, up, streams, row, readOnly, barman, backup, again",
        "criteria.trust must be a number of points, not "many": 0 to 1000; with 0 it is shown, and not counted",
        "criteria.files.hint is unknown: choose from points, asked, expected",
        "criteria.files.points must be a number of points, not -1: 0 to 1000; with 0 it is shown, and not counted",
        "criteria.files.asked must be a text, not []: put it in quotes",
      ]
    `)
    expect(problemsOf('- a')).toMatchInlineSnapshot(`
      [
        "rubric must be a mapping, not ["a"]: its members are title, language, criteria",
      ]
    `)
    expect(problemsOf('a: [')).toHaveLength(1)
  })

  test('has the same words in both languages', () => {
    const shape = (value: unknown): unknown =>
      typeof value === 'object' && value !== null
        ? Object.fromEntries(Object.entries(value).map(([key, one]) => [key, shape(one)]))
        : typeof value
    expect(shape(GRADE_WORDS.ru)).toEqual(shape(GRADE_WORDS.en))
  })
})

describe('grade', () => {
  test('names every folder that is none', async () => {
    const cwd = folderWith({ 'a.txt': 'x' })
    const { exitCode, stderr } = await program(['grade', 'a.txt', 'b', '--static'], { cwd })
    expect(exitCode).toBe(2)
    expect(stderr.replaceAll(cwd, '')).toMatchInlineSnapshot(`
      "
      ✖ These are no hand-ins

        /a.txt is not a folder → give the folder of each hand-in: hand-ins/*/
        /b does not exist → give the folder of each hand-in: hand-ins/*/
      "
    `)
  })

  test('names a rubric that is not there', async () => {
    const { exitCode, stderr } = await program(['grade', '.', '--static', '--rubric', 'no.yml'])
    expect(exitCode).toBe(2)
    expect(stderr).toContain('no.yml cannot be read')
  })
})

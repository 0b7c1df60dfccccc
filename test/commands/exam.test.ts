import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { type OpenExam, readExam, readExamNotes, sealExam } from '../../src/exam/seal.ts'
import { faults, type Schema } from '../support/json-schema.ts'
import { OPEN_EXAM } from '../support/open-exam.ts'
import { folderWith } from '../tools/helpers.ts'
import { labFolder, program } from './program.ts'
import { speakingRun } from './speaking-run.ts'

const EXAM: OpenExam = { ...OPEN_EXAM, startedMs: Date.now() - 10 * 60_000 }

/** A lab with an exam under way; its machines are down. */
function examined(exam?: Partial<OpenExam>) {
  const place = { directory: labFolder(), env: { XDG_STATE_HOME: folderWith() } }
  if (exam) sealExam(place, { ...EXAM, ...exam })
  const call = (...argv: readonly string[]) =>
    program(['exam', ...argv], { cwd: place.directory, env: place.env, run: speakingRun({}).run })
  return { place, call }
}

describe('an exam that cannot begin', () => {
  it('says all that is wrong with its numbers at once, with what was given and what is allowed', async () => {
    const { call } = examined()
    const { exitCode, stderr } = await call('--seed', 'seven', '--faults', '9', '--minutes', '0')
    expect(exitCode).toBe(2)
    expect(stderr).toContain('--seed')
    expect(stderr).toContain('must be a whole number from 0 to 4294967295; seven was given')
    expect(stderr).toContain('must be a whole number from 1 to 5; 9 was given')
    expect(stderr).toContain('must be a whole number from 1 to 600; 0 was given')
  })

  it.each<readonly [readonly string[], string]>([
    [[], 'is missing'],
    [['--seed', '-1'], 'must be a whole number'],
    [['--seed', '1.5'], 'must be a whole number'],
    [['--seed', '4294967296'], 'must be a whole number'],
    [['--seed', '7', '--repair'], 'goes with exam submit alone'],
    [['status', '--seed', '7', '--minutes', '5'], 'goes with the beginning of an exam'],
    [['submit', '2'], 'takes no number'],
    [['begin'], 'begin'],
  ])('%j is the user’s mistake', async (argv, message) => {
    const { exitCode, stderr } = await examined().call(...argv)
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining(message)])
  })

  it.each([['status'], ['hint', '1'], ['submit']])('%s: there is none', async (...argv) => {
    const { exitCode, stderr } = await examined().call(...argv)
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('No exam is under way')])
  })

  it('is one without machines, or of servers that are not ours', async () => {
    const none = await program(['exam', '--seed', '7'], { cwd: labFolder({ machines: [] }) })
    expect([none.exitCode, none.stderr]).toEqual([2, expect.stringContaining('no machines yet')])
    const config = `{ name: shop, provider: ssh, master: { address: 192.168.11.150 }, slaves: [], backup: false }`
    const theirs = await program(['exam', '--seed', '7'], { cwd: labFolder({ machines: [], config }) })
    expect([theirs.exitCode, theirs.stderr]).toEqual([2, expect.stringContaining('were there before it')])
  })

  it('is one of a lab that is not well, and nothing is sealed', async () => {
    const { call, place } = examined()
    const { exitCode, stderr } = await call('--seed', '7')
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining('An exam begins from a lab that is well')])
    expect(readExam(place)).toBeUndefined()
  })

  it('is a second one: what to do with the first is said', async () => {
    const { exitCode, stderr } = await examined({}).call('--seed', '8')
    expect(exitCode).toBe(2)
    expect(stderr).toContain('An exam is under way: seed 7')
    expect(stderr).toContain('npx create-pg-lab exam submit --repair')
  })
})

describe('an exam that was cut off while it was being set', () => {
  const cutOff = { begun: 1, startedMs: undefined }

  it.each([['--seed', '8'], ['status'], ['hint', '1'], ['submit']])(
    'says how to go on: %s',
    async (...argv) => {
      const { exitCode, stderr } = await examined(cutOff).call(...argv)
      expect(exitCode).toBe(2)
      expect(stderr).toContain('was cut off while it was being set')
      expect(stderr).toContain('npx create-pg-lab exam --seed 7 --faults 2 --minutes 60')
      expect(stderr).toContain('npx create-pg-lab exam submit --repair')
    },
  )

  it('goes on with the same words, and does not ask for a lab that is well', async () => {
    const { exitCode, stderr } = await examined(cutOff).call('--seed', '7', '--faults', '2')
    expect([exitCode, stderr]).toEqual([3, expect.stringContaining('cannot be reached')])
  })
})

describe('an exam under way', () => {
  it('shows the time left and what the users say, and no word of what was done', async () => {
    const { call, place } = examined({})
    const { exitCode, stdout } = await call('status')
    expect(exitCode).toBe(0)
    expect(stdout).toMatch(/^Exam 7: 2 faults · 50 min left/)
    expect(stdout).toMatch(/1 {2}Whatever we enter, slave does not show it any more/)
    expect(stdout).toMatch(/2 {2}A trainee logged in/)
    expect(stdout).not.toMatch(/slot|hba|trust/)
    expect(readExamNotes(place).every((note) => 'typed' in note)).toBe(true)
  })

  it('speaks Russian where it is asked to', async () => {
    const { stdout } = await examined({}).call('status', '--lang', 'ru')
    expect(stdout).toContain('Экзамен 7: 2 неисправности · осталось: 50 минут')
    expect(stdout).toContain('Стажёр зашёл в базу бухгалтерии')
  })

  it('gives hints in steps, each for points, and no fourth', async () => {
    const { call, place } = examined({})
    const told: string[] = []
    for (let step = 0; step < 4; step += 1) told.push((await call('hint', '2')).stdout)
    expect(told[0]).toContain('1/3  It is about who may connect (pg_hba.conf).')
    expect(told[0]).toContain('cost 5 points.')
    expect(told[1]).toContain('2/3  It is on master.')
    expect(told[2]).toContain('3/3  Which lines of pg_hba.conf on master ask for no password?')
    expect(told[2]).toContain('cost 15 points; there are no more')
    expect(told[3]).toBe(told[2])
    expect(readExam(place)?.hints).toEqual({ 'hba-trust': 3 })
  })

  it.each([[[]], [['0']], [['3']], [['one']]])(
    'gives a hint for a symptom by its number: not %j',
    async (number) => {
      const { call, place } = examined({})
      const { exitCode, stderr } = await call('hint', ...number)
      expect([exitCode, stderr]).toEqual([2, expect.stringContaining('1 to 2')])
      expect(readExam(place)?.hints).toEqual({})
    },
  )

  it('is told for machines by its schema', async () => {
    const schema = JSON.parse(readFileSync('schemas/exam.schema.json', 'utf8')) as Schema
    const { call } = examined({ startedMs: Date.now() - 70 * 60_000 })
    for (const argv of [['status'], ['hint', '1'], ['submit']]) {
      const { stdout } = await call(...argv, '--json')
      expect(faults(JSON.parse(stdout), schema)).toEqual([])
    }
  })

  it('comes to nothing while nobody answers: no fault repaired, no row to be seen', async () => {
    const { call, place } = examined({ hints: { 'hba-trust': 1 } })
    const { exitCode, stdout } = await call('submit')
    expect(exitCode).toBe(1)
    expect(stdout).toContain('Exam 7: 0 of 100 points')
    expect(stdout).toContain('no primary could be asked for the 1 acknowledged rows (−50)')
    expect(stdout).toContain('✖ 2  Not repaired · 0 points, 1 hint')
    expect(stdout).toContain('cause    pg_hba.conf of master got the line')
    expect(stdout).toContain('remedy   npx create-pg-lab provision')
    expect(readExam(place)).toBeUndefined()
  })
})

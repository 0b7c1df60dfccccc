import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  forgetExam,
  hasExam,
  noteForExam,
  type OpenExam,
  readExam,
  readExamNotes,
  sealExam,
} from '../../src/exam/seal.ts'
import { OPEN_EXAM } from '../support/open-exam.ts'
import { folderWith } from '../tools/helpers.ts'

const EXAM: OpenExam = { ...OPEN_EXAM, begun: 1, startedMs: undefined, hints: { 'hba-trust': 2 } }

function place() {
  const state = folderWith()
  return {
    directory: folderWith(),
    env: { XDG_STATE_HOME: state },
    folder: join(state, 'create-pg-lab/exams'),
  }
}

describe('the seal of an exam', () => {
  it('gives back what was sealed, and nothing where nothing was', () => {
    const here = place()
    expect([hasExam(here), readExam(here)]).toEqual([false, undefined])
    sealExam(here, EXAM)
    expect(readExam(here)).toEqual(EXAM)
    sealExam(here, { ...EXAM, startedMs: 5 })
    expect(readExam(here)?.startedMs).toBe(5)
    forgetExam(here)
    expect(readdirSync(here.folder)).toEqual([])
  })

  it('lies outside the lab, for its owner alone, and tells nothing at a glance', () => {
    const here = place()
    sealExam(here, EXAM)
    expect(readdirSync(here.directory)).toEqual([])
    const [name = ''] = readdirSync(here.folder)
    const file = join(here.folder, name)
    expect([statSync(file).mode & 0o777, statSync(here.folder).mode & 0o777]).toEqual([0o600, 0o700])
    const text = readFileSync(file, 'utf8')
    expect(text).not.toMatch(/slot|hba|invoice|master|exam/)
    expect(Buffer.from(text.split('\n')[1] ?? '', 'base64').toString('latin1')).not.toMatch(/dropped|trust/)
  })

  it('says when it was changed', () => {
    const here = place()
    sealExam(here, EXAM)
    const file = join(here.folder, readdirSync(here.folder)[0] ?? '')
    writeFileSync(file, readFileSync(file, 'utf8').replace(/\n./, '\n+'))
    expect(() => readExam(here)).toThrow('was changed')
  })

  it('is that of one lab', () => {
    const here = place()
    sealExam(here, EXAM)
    expect(hasExam({ ...here, directory: folderWith() })).toBe(false)
  })

  it('notes what happens during an exam, and only then', () => {
    const here = place()
    const note = { atMs: 1, typed: 'verify', exitCode: 1 }
    noteForExam(here, note)
    expect(readExamNotes(here)).toEqual([])
    sealExam(here, EXAM)
    noteForExam(here, note)
    noteForExam(here, { atMs: 2, repaired: ['hba-trust'] })
    expect(readExamNotes(here)).toEqual([note, { atMs: 2, repaired: ['hba-trust'] }])
  })
})
